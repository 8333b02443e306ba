import type { QumuloClient } from '@qwarden/qumulo-client';
import type { Truth } from '../truth.ts';

/** What every writer works with. One writer imitates one kind of program that puts files on a share. */
export interface WriterContext {
  client: QumuloClient;
  truth: Truth;
  /** Where finished files get a retention lock, without a trailing slash. */
  records: string;
  /** A directory beside it that no rule is for. */
  staging: string;
  /** True once the rule for finished shares is in force. */
  readOnlyInForce: () => boolean;
  random: () => number;
  now: () => number;
  /** Waits, or returns early when the demo ends. */
  pause: (ms: number) => Promise<void>;
  /** True once the demo ends: finish the file in hand and return. */
  ending: () => boolean;
}

export interface Writer {
  name: string;
  /** What a person sees it do. */
  does: string;
  run: (context: WriterContext) => Promise<void>;
}

/** An integer in `[low, high]`. */
export function between(context: Pick<WriterContext, 'random'>, low: number, high: number): number {
  return low + Math.floor(context.random() * (high - low + 1));
}

/** Bytes of no meaning, sized like a small document. */
export function content(context: Pick<WriterContext, 'random'>, low = 200, high = 4000): Buffer {
  return Buffer.alloc(between(context, low, high), 'qwarden demo ');
}

/** Creates a directory, or finds it there. Returns its path. */
export async function ensureDirectory(
  context: Pick<WriterContext, 'client'>,
  parent: string,
  name: string,
): Promise<string> {
  try {
    await context.client.files.createDirectory(parent, name);
  } catch (error) {
    if (!(error instanceof Error && 'status' in error && error.status === 409)) throw error;
  }
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

/** Creates a file with its content at once, as a program does that writes small files. Returns its id. */
export async function writeWhole(
  context: Pick<WriterContext, 'client' | 'truth' | 'random'>,
  directory: string,
  name: string,
): Promise<string> {
  const created = await context.client.files.createFile(directory, name);
  context.truth.created();
  await context.client.files.writeData(created.data.id, content(context));
  return created.data.id;
}

/** Creates a file and appends to it in pieces with pauses in between. Returns its id. */
export async function writeInPieces(
  context: WriterContext,
  directory: string,
  name: string,
  pieces: number,
  pauseMs: number,
): Promise<string> {
  const created = await context.client.files.createFile(directory, name);
  context.truth.created();
  let offset = 0;
  for (let piece = 0; piece < pieces; piece += 1) {
    const bytes = content(context, 500, 2000);
    await context.client.files.patchData(created.data.id, offset, bytes);
    offset += bytes.length;
    if (piece < pieces - 1) await context.pause(pauseMs);
  }
  return created.data.id;
}
