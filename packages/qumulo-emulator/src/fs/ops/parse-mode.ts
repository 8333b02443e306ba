/** Octal modes as clients send them: `0644`, `644`, `01777`. */
import { decodeError } from '../errors.ts';

/** @throws FsError decode_error */
export const parseMode = (text: string): number => {
  if (!/^[0-7]{1,5}$/.test(text)) throw decodeError(`field 'mode': '${text}' is not an octal mode`);
  return Number.parseInt(text, 8) & 0o7777;
};
