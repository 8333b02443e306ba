import { PLACES } from '../places.ts';
import { between, type Writer, writeWhole } from './writer.ts';

/** An accounting program that drops tables into an inbox, each with a note beside it. */
export const accountant: Writer = {
  name: 'accountant',
  does: 'drops tables into the inbox, where they are stamped as done',
  run: async (context) => {
    for (let number = 1; !context.ending(); number += 1) {
      const name = `invoice-${String(number).padStart(4, '0')}`;
      const id = await writeWhole(context, PLACES.incoming, `${name}.csv`);
      context.truth.inbox.set(id, `${PLACES.incoming}/done-${name}.csv`);
      const note = await writeWhole(context, PLACES.incoming, `${name}.txt`);
      context.truth.inbox.set(note, `${PLACES.incoming}/${name}.txt`);
      await context.pause(between(context, 300, 900));
    }
  },
};
