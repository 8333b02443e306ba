import { accountant } from './accountant.ts';
import { burst } from './burst.ts';
import { everybody } from './everybody.ts';
import { exporter } from './exporter.ts';
import { mover } from './mover.ts';
import { office } from './office.ts';
import { rsync } from './rsync.ts';
import { scanner } from './scanner.ts';
import { scratch } from './scratch.ts';
import type { Writer } from './writer.ts';

export type { Writer, WriterContext } from './writer.ts';
export { ensureDirectory, writeWhole } from './writer.ts';

/** Everybody who writes at once in the demo. */
export const writers: readonly Writer[] = [
  office,
  rsync,
  scanner,
  exporter,
  mover,
  scratch,
  burst,
  everybody,
  accountant,
];
