import { decodeError } from '../http/errors.ts';

/**
 * Refuses keys that are none of `fields`. The cluster's own calls ignore such keys (FACTS 1); the control API does not, since a
 * test whose wish is misspelt would pass without ever having met it.
 *
 * @throws ApiError `decode_error` naming the field
 */
export function refuseOthers(value: unknown, fields: object): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(fields, key)) continue;
    throw decodeError(`field '${key.slice(0, 100)}' is none of ${Object.keys(fields).join(', ')}`);
  }
}
