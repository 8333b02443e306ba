import { between, ensureDirectory, type Writer, writeInPieces } from './writer.ts';

/** `rsync`: writes `.name.XXXXXX`, then renames it to `name`. */
export const rsync: Writer = {
  name: 'rsync',
  does: 'copies under a hidden temporary name and renames into place',
  run: async (context) => {
    const directory = await ensureDirectory(context, context.records, 'backup');
    for (let number = 1; !context.ending(); number += 1) {
      const name = `ledger-${String(number).padStart(5, '0')}.db`;
      const suffix = Array.from({ length: 6 }, () => 'abcdefghijklmnopqrstuvwxyzABCDEF'[between(context, 0, 31)]).join(
        '',
      );
      const temporary = `.${name}.${suffix}`;
      const id = await writeInPieces(context, directory, temporary, between(context, 1, 4), 150);
      await context.client.files.rename(directory, name, `${directory}/${temporary}`);
      context.truth.finished(id, `${directory}/${name}`, context.now());
      await context.pause(between(context, 200, 600));
    }
  },
};
