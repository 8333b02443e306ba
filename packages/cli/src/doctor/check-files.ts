import { type Finding, findingsOf } from '@qwarden/engine';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../errors/errno.ts';
import { oneLine } from '../log/escape.ts';
import type { Subject } from './subject.ts';

const configuration = findingsOf('configuration');
const log = findingsOf('log-file');

/** The configuration file and the log file of this machine. */
export function examineFiles({ settings, table, output, door }: Subject): Finding[] {
  const { configFile, warnings, origins } = settings;
  const from = configFile === undefined ? 'flags and environment' : configFile;
  const found = [configuration.ok(`Settings of qwarden ${door} from ${from}.`)];
  for (const warning of warnings)
    found.push(configuration.warning(oneLine(warning), 'Correct the name, or take it out.'));
  const secrets = Object.entries(table).filter(
    ([name, { secret }]) => secret === true && origins.get(name)?.kind === 'file',
  );
  if (configFile !== undefined && secrets.length > 0 && isOpen(configFile)) {
    found.push(
      configuration.warning(
        `Other users of this machine can read ${configFile}, and secrets stand in it.`,
        `chmod 600 ${configFile}`,
      ),
    );
  }
  if (output !== undefined) found.push(writable(output.path));
  return found;
}

function isOpen(path: string): boolean {
  // oxlint-disable-next-line no-bitwise -- permissions are bits
  return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
}

function writable(path: string): Finding {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return log.ok(`${path} can be written.`);
  } catch (error) {
    const message = `The log file ${path} cannot be written (${errnoOf(error) ?? 'unknown'}).`;
    return log.failed(
      message,
      'Run doctor as the user that qwarden runs as; correct the permissions, or name another --output.',
    );
  }
}
