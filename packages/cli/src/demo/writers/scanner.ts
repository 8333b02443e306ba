import { between, ensureDirectory, type Writer, writeInPieces } from './writer.ts';

/** A scanner: appends page after page to a file under its final name, slower than nothing but faster than the settle interval. */
export const scanner: Writer = {
  name: 'scanner',
  does: 'writes slowly, page after page, under the final name',
  run: async (context) => {
    const directory = await ensureDirectory(context, context.records, 'scans');
    for (let number = 1; !context.ending(); number += 1) {
      const name = `scan_${String(number).padStart(5, '0')}.tif`;
      const id = await writeInPieces(context, directory, name, between(context, 3, 7), between(context, 300, 700));
      context.truth.finished(id, `${directory}/${name}`, context.now());
    }
  },
};
