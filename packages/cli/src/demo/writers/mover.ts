import { between, ensureDirectory, type Writer, writeWhole } from './writer.ts';

/** Builds a case elsewhere and moves the whole directory in; sometimes a single file, by rename or as a hard link. */
export const mover: Writer = {
  name: 'mover',
  does: 'moves directories and files in from outside, and links files in',
  run: async (context) => {
    const inbox = await ensureDirectory(context, context.records, 'cases');
    for (let number = 1; !context.ending(); number += 1) {
      const name = `case-${String(number).padStart(4, '0')}`;
      const outside = await ensureDirectory(context, context.staging, name);
      const evidence = await ensureDirectory(context, outside, 'evidence');
      const inside: [string, string][] = [];
      for (let file = 1; file <= between(context, 2, 5); file += 1)
        inside.push([
          await writeWhole(context, evidence, `exhibit-${file}.pdf`),
          `${inbox}/${name}/evidence/exhibit-${file}.pdf`,
        ]);
      await context.client.files.rename(inbox, name, outside);
      for (const [id, path] of inside) context.truth.finished(id, path, context.now());

      const single = await writeWhole(context, context.staging, `${name}.eml`);
      await context.client.files.rename(inbox, `${name}.eml`, `${context.staging}/${name}.eml`);
      context.truth.finished(single, `${inbox}/${name}.eml`, context.now());

      const linked = await writeWhole(context, context.staging, `${name}.log`);
      await context.client.files.createLink(inbox, `${name}.log`, `${context.staging}/${name}.log`);
      context.truth.finished(linked, `${inbox}/${name}.log`, context.now());
      await context.pause(between(context, 900, 2000));
    }
  },
};
