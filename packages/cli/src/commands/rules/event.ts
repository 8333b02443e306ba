import {
  type Change,
  type ChangeType,
  changeTypes,
  expandTypes,
  kindOfType,
  nearest,
  RenameJoiner,
} from '@qwarden/engine';
import { isObject, jsonOrUndefined } from '../../control/protocol.ts';
import { CliError } from '../../errors/cli-error.ts';
import { typeOf } from '../../look/filters.ts';

/** What a change is made of, as far as somebody said. */
interface Said {
  readonly path: string;
  readonly type: ChangeType;
  readonly movedFrom?: string | undefined;
  readonly fileId?: string | undefined;
  readonly stream?: string | undefined;
  readonly at?: number | undefined;
}

interface FlagValues {
  readonly path?: string | undefined;
  readonly type?: string | undefined;
  readonly movedFrom?: string | undefined;
  readonly fileId?: string | undefined;
  readonly stream?: string | undefined;
}

/** The change that flags describe. A group like `created` stands for its type for files. Throws CliError. */
export function changeOfFlags(values: FlagValues, nowMs: number): Change {
  const { path, type, movedFrom } = values;
  if (path === undefined || type === undefined) {
    throw new CliError('usage', 'Which change?', { remedy: 'Give --path and --type, or --event FILE.' });
  }
  const [first] = expandTypes([typeOf(type, '--type')]);
  const change = changeOf({ ...values, path, type: first ?? 'child_file_added' }, nowMs);
  const isRename = change.type.endsWith('_renamed');
  if (isRename === (movedFrom !== undefined)) return change;
  throw new CliError('usage', isRename ? 'A rename needs --moved-from.' : '--moved-from is for a rename.', {
    remedy: 'For example --type renamed --moved-from /records/a.part.',
  });
}

/**
 * Changes in a text: lines of `qwarden events export`, or what the cluster sends, as JSON or as a stream that was saved; halves of a
 * rename that the cluster sent are joined, as the monitor joins them. Throws CliError.
 */
export function changesOfText(text: string, source: string, nowMs: number): Change[] {
  const values = valuesOf(text, source);
  if (values.length === 0) throw new CliError('usage', `${source} holds no change.`);
  const joiner = new RenameJoiner();
  const changes = values.flatMap(({ value, where }) => {
    const change = changeOfValue(value, where, nowMs);
    // What was exported has been joined; without an id nothing ties two halves together.
    return isObject(value) && value['spine'] !== undefined && change.fileId !== '' ? joiner.add(change) : [change];
  });
  return [...changes, ...joiner.expire(Number.POSITIVE_INFINITY)];
}

interface Located {
  readonly value: unknown;
  readonly where: string;
}

function valuesOf(text: string, source: string): Located[] {
  const each = (value: unknown, where: string): Located[] =>
    Array.isArray(value) ? value.map((one: unknown) => ({ value: one, where })) : [{ value, where }];
  const whole = jsonOrUndefined(text);
  if (whole !== undefined) return each(whole, source);
  return text.split('\n').flatMap((line, n) => {
    // Of a saved stream only the data matters: it has comments too, and may have other fields.
    if (/^\s*$|^:|^(?:event|id|retry):/.test(line)) return [];
    return each(jsonOrUndefined(line.replace(/^data:/, '')), `${source}:${n + 1}`);
  });
}

const KEYS = [
  'at',
  'type',
  'path',
  'movedFrom',
  'fileId',
  'kind',
  'stream',
  'source',
  'id',
  'stateDir',
  'spine',
  'stream_name',
];

function changeOfValue(value: unknown, where: string, nowMs: number): Change {
  const refuse = (message: string, remedy?: string) => new CliError('usage', `${where}: ${message}`, { remedy });
  if (!isObject(value))
    throw refuse('this is no change: a JSON object is wanted.', '"qwarden events export" shows how they look.');
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, KEYS);
    throw refuse(
      `a change has no ${JSON.stringify(unknown)}.`,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  }
  const word = (key: string): string | undefined => {
    const found = value[key];
    if (found === undefined || found === null) return undefined;
    if (typeof found !== 'string') throw refuse(`"${key}" must be text.`);
    return found;
  };
  const type = changeTypes.find((one) => one === value['type']);
  if (type === undefined) {
    const near = nearest(String(value['type']), changeTypes);
    throw refuse(
      `there is no type ${JSON.stringify(value['type'] ?? null)}.`,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  }
  const { spine } = value;
  const last: unknown = Array.isArray(spine) ? spine.at(-1) : undefined;
  const at = word('at');
  const path = word('path') ?? '';
  return changeOf(
    {
      type,
      // The cluster's own are below the watched directory.
      path: path.startsWith('/') || spine === undefined ? path : `/${path}`,
      movedFrom: word('movedFrom'),
      fileId: word('fileId') ?? (typeof last === 'string' ? last : undefined),
      stream: word('stream') ?? word('stream_name'),
      at: at === undefined ? undefined : Date.parse(at),
    },
    nowMs,
  );
}

function changeOf(said: Said, nowMs: number): Change {
  const { type, path, movedFrom = null, fileId = '', stream = null, at = nowMs } = said;
  for (const one of [path, movedFrom ?? '/']) {
    if (one.startsWith('/')) continue;
    throw new CliError('usage', `${JSON.stringify(one)} is not an absolute path.`, {
      remedy: 'Paths begin with a slash, as the cluster has them.',
    });
  }
  const kind = kindOfType(type);
  const named = { path: withoutSlash(path), movedFrom: movedFrom === null ? null : withoutSlash(movedFrom) };
  return { id: 'test', type, fileId, ...named, kind, stream, at: Number.isNaN(at) ? nowMs : at, lineage: 0 };
}

/** Directories may be given with a slash at the end, as the cluster writes them; rules see them without. */
function withoutSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/+$/, '');
}
