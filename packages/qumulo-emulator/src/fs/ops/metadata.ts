/** User-defined metadata: key and Base64 value under a type; any kind of object (FACTS 4). */
import { demand } from '../acl/access.ts';
import { READ_EA, WRITE_EA } from '../acl/rights.ts';
import type { MetadataEntry, MetadataType, Page, PageOptions, Tagged } from '../types.ts';
import { checkIfMatch, etagOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import type { Core } from '../core.ts';
import { decodeError, metadataExists, metadataNotFound, metadataTooLarge } from '../errors.ts';
import type { Inode, MetadataMap } from '../inode.ts';
import { locate, type Located, type Window } from '../lookup.ts';
import { markChanged } from '../mutate.ts';
import { guard } from '../worm.ts';
import { pageLimit } from './list.ts';

/** "Pair under 400 KB" (FACTS 4). */
export const maxPairBytes = 400_000;

const wellKnownKeys = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]);

/** `generic`, `GENERIC`: clients write both. */
export const parseMetadataType = (text: string): MetadataType => {
  const type = text.toUpperCase().replaceAll('-', '_');
  if (type === 'GENERIC' || type === 'S3' || type === 'WELL_KNOWN') return type;
  throw decodeError(`unknown user metadata type: '${text}'`);
};

const mapKey = (type: MetadataType, key: string): string => `${type}/${key}`;
const mapOf = (node: Inode): MetadataMap => node.rare?.metadata ?? new Map();

const wire = (entry: { type: MetadataType; key: string; value: Buffer }): MetadataEntry => ({
  type: entry.type,
  key: entry.key,
  value: entry.value.toString('base64'),
});

/** In order of type and key; `after` is the last pair's map key, Base64url. */
export const listMetadata = (
  core: Core,
  caller: Caller,
  ref: Ref,
  type: string | null,
  options: PageOptions,
  window: Window,
): Tagged<Page<MetadataEntry>> => {
  const { node } = locate(core, caller, ref, window);
  demand(caller, node, READ_EA);
  const only = type === null ? null : parseMetadataType(type);
  const after =
    options.after === undefined || options.after === '' ? '' : Buffer.from(options.after, 'base64url').toString();
  const keys = [...mapOf(node).entries()]
    .filter(([key, entry]) => (only === null || entry.type === only) && key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = keys.slice(0, pageLimit(core, options.limit));
  const next = keys.length > shown.length ? Buffer.from(shown.at(-1)?.[0] ?? '').toString('base64url') : null;
  return { value: { entries: shown.map(([, entry]) => wire(entry)), next }, etag: etagOf(node) };
};

export const getMetadata = (
  core: Core,
  caller: Caller,
  ref: Ref,
  type: string,
  key: string,
  window: Window,
): Tagged<MetadataEntry> => {
  const { node } = locate(core, caller, ref, window);
  demand(caller, node, READ_EA);
  const entry = mapOf(node).get(mapKey(parseMetadataType(type), key));
  if (entry === undefined) throw metadataNotFound(key);
  return { value: wire(entry), etag: etagOf(node) };
};

const replace = (core: Core, { head, entry }: Located, metadata: MetadataMap): void => {
  markChanged(core, head, core.now());
  head.rare = { ...head.rare, metadata, metadataRevision: (head.rare?.metadataRevision ?? 0) + 1 };
  if (core.unknowns.userMetadataEvent !== null) core.sink.report(core.unknowns.userMetadataEvent, entry, head);
};

const forChange = (core: Core, caller: Caller, ref: Ref, ifMatch: string | undefined): Located => {
  const found = locate(core, caller, ref, null);
  demand(caller, found.head, WRITE_EA);
  guard(core, found.head, 'user-metadata');
  checkIfMatch(core, found.head, ifMatch);
  return found;
};

export const setMetadata = (
  core: Core,
  caller: Caller,
  ref: Ref,
  pair: { type: string; key: string; value: string },
  how: 'create' | 'upsert',
  ifMatch: string | undefined,
): Tagged<MetadataEntry> => {
  const type = parseMetadataType(pair.type);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(pair.value)) throw decodeError("field 'value': not Base64");
  if (pair.key === '') throw decodeError('the key of user metadata is empty');
  if (type === 'WELL_KNOWN' && !wellKnownKeys.has(pair.key.toLowerCase())) {
    throw decodeError(`'${pair.key}' is not a well-known key`);
  }
  const value = Buffer.from(pair.value, 'base64');
  if (Buffer.byteLength(pair.key) + value.length >= maxPairBytes) throw metadataTooLarge(maxPairBytes);
  const found = forChange(core, caller, ref, ifMatch);
  const metadata = new Map(mapOf(found.head));
  if (how === 'create' && metadata.has(mapKey(type, pair.key))) throw metadataExists(pair.key);
  const entry = { type, key: pair.key, value };
  metadata.set(mapKey(type, pair.key), entry);
  replace(core, found, metadata);
  return { value: wire(entry), etag: etagOf(found.head) };
};

export const deleteMetadata = (
  core: Core,
  caller: Caller,
  ref: Ref,
  type: string,
  key: string,
  ifMatch: string | undefined,
): void => {
  const wanted = mapKey(parseMetadataType(type), key);
  const found = forChange(core, caller, ref, ifMatch);
  const metadata = new Map(mapOf(found.head));
  if (!metadata.delete(wanted)) throw metadataNotFound(key);
  replace(core, found, metadata);
};
