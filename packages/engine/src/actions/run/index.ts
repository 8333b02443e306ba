import { oneLine } from '../../text/one-line.ts';
import type { Action } from '../port.ts';
import { commandLine } from './command.ts';
import { runProgram } from './run.ts';
import { runParams, type RunParams } from './schema.ts';

/**
 * Runs a program for each match, without a shell. It gets the event as one line of JSON on standard input and as `QWARDEN_…` variables, and
 * it may be run twice for the same match (`id` in the JSON stays the same): after a crash nobody knows whether it had ended.
 */
export const runAction: Action<RunParams> = {
  name: 'run',
  summary: 'Runs a program, with the event on its standard input.',
  reach: 'outside',
  params: runParams,
  effects: () => [],
  // The program may write to the very file, over NFS or SMB.
  unforeseeable: true,
  privileges: () => [],
  dryRun: (input) => Promise.resolve(`would run ${oneLine(JSON.stringify(commandLine(input)))}`),
  run: runProgram,
};
