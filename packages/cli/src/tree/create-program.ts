import { Command } from 'commander';
import { version } from '../version.ts';

/** `qwarden` without its commands. */
export function createProgram(): Command {
  return new Command('qwarden')
    .description('Puts retention locks on new files of Qumulo clusters, and acts on what happens to files.')
    .version(version(), '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .showSuggestionAfterError();
}
