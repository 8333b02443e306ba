import { badReference, decodeError } from '../http/errors.ts';
import type { Call } from '../http/operation.ts';

/** A decoded file reference: an absolute path or a decimal id; anything else is a 4xx (FACTS 13). */
export function refOf(call: Call<'ref'>): string {
  const ref = call.param('ref');
  if (!ref.startsWith('/') && !/^\d+$/.test(ref)) throw badReference(ref, 'is neither an absolute path nor a file id');
  return ref;
}

/** `?snapshot=`; undefined = live. */
export function snapshotOf(call: Call): number | undefined {
  return call.query.count('snapshot');
}

/** A decimal body field that the file system takes as a number; sizes beyond 2^53 do not exist here. */
export function exactNumber(text: string, field: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw decodeError(`field '${field}': expected a number below 2^53`);
  return number;
}
