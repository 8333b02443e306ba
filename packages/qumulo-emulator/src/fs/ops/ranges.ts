/** Sizes, offsets and bytes as operations get them. */
import type { Bytes } from '../types.ts';
import type { Core } from '../core.ts';
import { blockSize, type FileData } from '../data/file-data.ts';
import { fileTooLarge, invalidArgument } from '../errors.ts';

/** @throws FsError for offsets and sizes that no file can have */
export const checkSize = (core: Core, size: number): void => {
  if (!Number.isSafeInteger(size) || size < 0) throw invalidArgument(`${size} is not a size`);
  if (size > core.unknowns.maxFileSize) throw fileTooLarge();
};

export const checkRange = (core: Core, offset: number, length: number): void => {
  checkSize(core, offset);
  checkSize(core, length);
  checkSize(core, offset + length);
};

export const asPieces = (bytes: Bytes): readonly Uint8Array[] => (bytes instanceof Uint8Array ? [bytes] : bytes);
export const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

/** Blocks that a write of [offset, +length) may add. */
export const blocksToAdd = (data: FileData | undefined, offset: number, length: number): number => {
  let blocks = 0;
  const end = offset + length;
  for (let at = Math.floor(offset / blockSize) * blockSize; at < end; at += blockSize) {
    if (data === undefined || !data.isAllocated(at)) blocks += 1;
  }
  return blocks;
};
