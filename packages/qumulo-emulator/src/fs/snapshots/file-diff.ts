/** What changed in one file between two snapshots, as regions (v2) or operations (v3). */
import type { FileDiffOperation, FileDiffRegion } from '../types.ts';
import { blockSize, FileData } from '../data/file-data.ts';

/** Changed regions up to the newer end; a truncated tail is not listed (FACTS 7). */
export const fileRegions = (older: FileData | undefined, newer: FileData | undefined): FileDiffRegion[] => {
  if (older === newer) return [];
  const before = older ?? new FileData();
  const after = newer ?? new FileData();
  const parts: { offset: number; length: number; data: boolean }[] = [];
  const grownFrom = Math.ceil(before.size / blockSize) * blockSize;
  for (const offset of after.changedBlocks(before)) {
    if (offset >= grownFrom || offset >= after.size) break;
    parts.push({ offset, length: Math.min(blockSize, after.size - offset), data: after.isAllocated(offset) });
  }
  parts.push(...after.regions(grownFrom, after.size));
  const merged: typeof parts = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last !== undefined && last.data === part.data && last.offset + last.length === part.offset) {
      last.length += part.length;
    } else merged.push({ ...part });
  }
  return merged.map(({ offset, length, data }) => ({
    type: data ? 'FILE_REGION_DATA' : 'FILE_REGION_HOLE',
    offset: String(offset),
    size: String(length),
  }));
};

/** The same as operations: CREATE behind the old end, DELETE for a truncated tail, MODIFY elsewhere ([I]). */
export const fileOperations = (older: FileData | undefined, newer: FileData | undefined): FileDiffOperation[] => {
  const oldSize = older?.size ?? 0;
  const newSize = newer?.size ?? 0;
  const operations: FileDiffOperation[] = [];
  const add = (op: FileDiffOperation['op'], from: number, to: number) => {
    if (to > from) operations.push({ op, offset: String(from), size: String(to - from) });
  };
  for (const region of fileRegions(older, newer)) {
    const [from, to] = [Number(region.offset), Number(region.offset) + Number(region.size)];
    add('MODIFY', from, Math.min(to, oldSize));
    add('CREATE', Math.max(from, oldSize), to);
  }
  add('DELETE', newSize, oldSize);
  return operations;
};
