import { between, ensureDirectory, type Writer, writeWhole } from './writer.ts';

/** A program with scratch files: most are deleted again before they settle, some temporary ones stay behind. */
export const scratch: Writer = {
  name: 'scratch',
  does: 'deletes files again, and leaves temporary ones behind',
  run: async (context) => {
    const directory = await ensureDirectory(context, context.records, 'work');
    for (let number = 1; !context.ending(); number += 1) {
      const short = await writeWhole(context, directory, `draft ${number}.txt`);
      await context.pause(between(context, 50, 300));
      await context.client.files.delete(short);
      context.truth.gone(short);
      if (number % 3 === 0) {
        const name = `session-${number}.tmp`;
        context.truth.left(
          await writeWhole(context, directory, name),
          `${directory}/${name}`,
          context.now(),
          'temporary',
        );
      }
      await context.pause(between(context, 300, 800));
    }
  },
};
