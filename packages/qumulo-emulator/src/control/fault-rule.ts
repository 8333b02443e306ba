import type { FaultRule } from '../faults/faults.ts';
import { type Decoder, integer, object, oneOf, optional, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import { refuseOthers } from './strict.ts';

export const number: Decoder<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw decodeError(`field '${field}': expected a number`);
  return value;
};
const numberOrText: Decoder<number | string> = (value, field) =>
  typeof value === 'string' ? value : number(value, field);

const within =
  (decoder: Decoder<number>, least: number, most: number): Decoder<number> =>
  (value, field) => {
    const decoded = decoder(value, field);
    if (decoded >= least && decoded <= most) return decoded;
    throw decodeError(
      `field '${field}': expected ${most === Infinity ? `${least} or more` : `${least} to ${most}`}, found ${decoded}`,
    );
  };
const count = within(integer, 0, Infinity);
const milliseconds = within(number, 0, Infinity);

const fail = {
  status: within(integer, 200, 599),
  errorClass: optional(string),
  description: optional(string),
  retryAfter: optional(numberOrText),
};
const rule = {
  operation: optional(string),
  probability: optional(within(number, 0, 1)),
  times: optional(within(integer, 1, Infinity)),
  skip: optional(count),
  fail: optional(object(fail)),
  drop: optional(oneOf(['before', 'after'])),
  delayMs: optional(milliseconds),
  jitterMs: optional(milliseconds),
};
const decodeRule = object(rule);

/**
 * A fault rule from the control API.
 *
 * @throws ApiError `decode_error` naming the field
 */
export function faultRule(body: unknown): FaultRule {
  const decoded = decodeRule(body, 'body');
  refuseOthers(body, rule);
  if (typeof body === 'object' && body !== null && 'fail' in body) refuseOthers(body.fail, fail);
  return decoded;
}
