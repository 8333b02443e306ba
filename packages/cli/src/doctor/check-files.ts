import { type Finding, findingsOf } from '@qwarden/engine';
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../errors/errno.ts';
import { oneLine } from '../log/escape.ts';
import { inMib, memoryLimits, memoryTrouble } from '../process/memory.ts';
import type { Subject } from './subject.ts';

const configuration = findingsOf('configuration');
const log = findingsOf('log-file');
const memory = findingsOf('memory');

const LARGE_LOG = 1024 ** 3;

/** The configuration file, the log file and the memory of this machine. */
export function examineFiles({ settings, output, door }: Subject): Finding[] {
  const { configFile, warnings } = settings;
  const from = configFile === undefined ? 'flags and environment' : configFile;
  const found = [configuration.ok(`Settings of qwarden ${door} from ${from}.`)];
  for (const warning of warnings) {
    // A file that others can read brings its command along.
    const [message = warning, command] = oneLine(warning).split(/: (?=chmod )/);
    found.push(configuration.warning(message, command ?? 'Correct the name, or take it out.'));
  }
  if (output !== undefined) found.push(writable(output.path));
  found.push(enoughMemory());
  return found;
}

function enoughMemory(): Finding {
  const limits = memoryLimits();
  const trouble = memoryTrouble(limits);
  if (trouble !== undefined) return memory.warning(trouble.message, trouble.remedy);
  if (limits.limit === undefined) return memory.ok(`No limit of memory; the machine has ${inMib(limits.machine)}.`);
  return memory.ok(`${inMib(limits.limit)} of memory may be used.`);
}

function writable(path: string): Finding {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      return log.failed(`The log file ${path} is a directory.`, 'Name a file with --output.');
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK);
    const size = found?.size ?? 0;
    if (size < LARGE_LOG) return log.ok(`${path} can be written.`);
    return log.warning(
      `${path} has grown to ${inMib(size)}.`,
      'Have it rotated: logrotate with a SIGHUP afterwards, which opens it anew.',
    );
  } catch (error) {
    const message = `The log file ${path} cannot be written (${errnoOf(error) ?? 'unknown'}).`;
    return log.failed(
      message,
      'Run doctor as the user that qwarden runs as; correct the permissions, or name another --output.',
    );
  }
}
