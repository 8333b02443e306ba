import { between, ensureDirectory, type Writer, writeInPieces, writeWhole } from './writer.ts';

/** An office program: a `~$` owner file while the document is open, a temporary file, and a rename into place. */
export const office: Writer = {
  name: 'office',
  does: 'saves documents through a temporary file and a rename',
  run: async (context) => {
    const directory = await ensureDirectory(context, context.records, 'contracts');
    for (let number = 1; !context.ending(); number += 1) {
      const name = `Contract ${String(number).padStart(4, '0')}.docx`;
      const owner = await writeWhole(context, directory, `~$${name.slice(2)}`);
      const id = await writeInPieces(context, directory, `${name}.tmp`, between(context, 2, 3), 250);
      await context.client.files.rename(directory, name, `${directory}/${name}.tmp`);
      context.truth.finished(id, `${directory}/${name}`, context.now());
      await context.client.files.delete(owner);
      context.truth.gone(owner);
      await context.pause(between(context, 300, 900));
    }
  },
};
