import { PLACES } from '../places.ts';
import { between, ensureDirectory, type Writer, type WriterContext, writeWhole } from './writer.ts';

const HARMLESS = ['minutes.docx', 'photo.jpg', 'read me.txt', 'zip codes.csv', 'exe.pdf'];

/** Everybody's share: harmless files, programs among them, some under a name that was harmless at first, and what is finished. */
export const everybody: Writer = {
  name: 'everybody',
  does: 'drops programs and archives among harmless files on the shares',
  run: async (context) => {
    const directory = await ensureDirectory(context, PLACES.shares, 'team');
    for (let number = 1; !context.ending(); number += 1) {
      const at = String(number).padStart(3, '0');
      const name = `${at} ${HARMLESS[between(context, 0, HARMLESS.length - 1)]}`;
      context.truth.harmless.set(await writeWhole(context, directory, name), `${directory}/${name}`);
      await context.pause(between(context, 100, 400));
      if (number % 2 === 0) await program(context, directory, `${at} setup.EXE`);
      if (number % 5 === 0) await program(context, directory, `${at} tools.zip`);
      if (number % 7 === 0) await disguised(context, directory, `${at} update`);
      if (context.readOnlyInForce()) await finished(context, `${at} report.pdf`);
      await context.pause(between(context, 300, 900));
    }
  },
};

async function program(context: WriterContext, directory: string, name: string): Promise<void> {
  context.truth.executables.set(await writeWhole(context, directory, name), `${directory}/${name}`);
}

/** It comes as a text and is renamed to what it is. */
async function disguised(context: WriterContext, directory: string, name: string): Promise<void> {
  const id = await writeWhole(context, directory, `${name}.txt`);
  await context.client.files.rename(directory, `${name}.exe`, `${directory}/${name}.txt`);
  context.truth.executables.set(id, `${directory}/${name}.exe`);
}

async function finished(context: WriterContext, name: string): Promise<void> {
  const id = await writeWhole(context, PLACES.finished, name);
  context.truth.harmless.set(id, `${PLACES.finished}/${name}`);
  context.truth.readOnly.add(id);
}
