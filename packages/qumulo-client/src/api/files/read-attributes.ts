import { object } from '../../transport/read-body.ts';
import type { FileAttributes } from './types.ts';

const read = object<FileAttributes>('id', 'path', 'type');

/** Attributes as they come; releases before 6.3.1 know no `data_revision`, which then is null. */
export function readAttributes(body: Buffer): FileAttributes {
  return complete(read(body));
}

export function complete(attributes: FileAttributes): FileAttributes {
  attributes.data_revision ??= null;
  return attributes;
}
