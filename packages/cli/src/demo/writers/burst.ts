import { ensureDirectory, type Writer, type WriterContext, writeWhole } from './writer.ts';

const FILES = 2000;
const CLIENTS = 32;

/** 2,000 files as fast as the cluster takes them, once. */
export const burst: Writer = {
  name: 'burst',
  does: `writes ${FILES.toLocaleString('en')} files as fast as it can, once`,
  run: async (context) => {
    await context.pause(3000);
    if (context.ending()) return;
    const directory = await ensureDirectory(context, context.records, 'burst');
    let next = 0;
    const client = async (): Promise<void> => {
      while (next < FILES && !context.ending()) {
        next += 1;
        await one(context, directory, `message-${String(next).padStart(5, '0')}.eml`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  },
};

async function one(context: WriterContext, directory: string, name: string): Promise<void> {
  const id = await writeWhole(context, directory, name);
  context.truth.finished(id, `${directory}/${name}`, context.now());
}
