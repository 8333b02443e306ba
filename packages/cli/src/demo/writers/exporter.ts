import { between, ensureDirectory, type Writer, writeWhole } from './writer.ts';

/** A nightly export: a new directory for each run, with files in it and in a directory below at once. */
export const exporter: Writer = {
  name: 'exporter',
  does: 'makes new subdirectories and fills them at once',
  run: async (context) => {
    const root = await ensureDirectory(context, context.records, 'exports');
    for (let number = 1; !context.ending(); number += 1) {
      const day = await ensureDirectory(context, root, `run-${String(number).padStart(4, '0')}`);
      const detail = await ensureDirectory(context, day, 'detail');
      for (let file = 1; file <= between(context, 2, 6); file += 1) {
        const directory = file % 2 ? day : detail;
        const id = await writeWhole(context, directory, `part ${file}.csv`);
        context.truth.finished(id, `${directory}/part ${file}.csv`, context.now());
      }
      await context.pause(between(context, 600, 1500));
    }
  },
};
