import type { CommandEntry } from './command.ts';

/** Every command, in the order of `qwarden --help`. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'filelock',
    summary: 'Watch a directory and put a retention lock on each new file',
    load: () => import('./filelock/command.ts'),
  },
  {
    name: 'monitor',
    summary: 'Watch everything that happens below a directory and act on it by rules',
    load: () => import('./monitor/command.ts'),
  },
  {
    name: 'locks',
    summary: 'List the retention locks that were set, and compare them with the cluster',
    load: () => import('./locks/command.ts'),
  },
  {
    name: 'configure',
    summary: 'Ask for host and login, test them, and write the configuration file',
    load: () => import('./configure/command.ts'),
  },
  {
    name: 'demo',
    summary: 'Run the event monitor live on an emulated cluster, and prove the result',
    load: () => import('./demo/command.ts'),
  },
  {
    name: 'emulator',
    summary: 'Run a Qumulo cluster in memory, behind the same REST API, for trying and testing',
    load: () => import('./emulator/command.ts'),
  },
  { name: 'version', summary: 'Print the version', load: () => import('./version/command.ts') },
];
