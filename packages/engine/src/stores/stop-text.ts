import { z } from 'zod';
import { type StopRecord, stopRecord } from '../actions/all-stop/record.ts';
import type { KeptStops } from '../actions/all-stop/records.ts';

/** The record that a text holds, or why it cannot be read: one that is damaged must not keep the others from being taken back. */
export function readStop(text: string): StopRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const version: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'version') : undefined;
  if (typeof version === 'number' && version > 1) return 'it was written by a newer qwarden';
  const read = stopRecord.safeParse(value);
  return read.success ? read.data : z.prettifyError(read.error).replaceAll(/\s+/g, ' ');
}

/** Oldest first. */
export function keptStops(read: readonly { readonly path: string; readonly stop: StopRecord | string }[]): KeptStops {
  const records: StopRecord[] = [];
  const unreadable: { path: string; why: string }[] = [];
  for (const { path, stop } of read) {
    if (typeof stop === 'string') unreadable.push({ path, why: stop });
    else records.push(stop);
  }
  records.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
  return { records, unreadable };
}
