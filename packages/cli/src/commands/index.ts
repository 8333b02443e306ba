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
    name: 'status',
    summary: 'Show what the running monitor does, or what a stopped one left behind',
    load: () => import('./status/command.ts'),
  },
  {
    name: 'health',
    summary: 'Ask a running monitor or filelock whether it does its work, for probes of containers',
    load: () => import('./health/command.ts'),
  },
  {
    name: 'why',
    summary: 'Tell what happened to a file, and why',
    load: () => import('./why/command.ts'),
  },
  {
    name: 'events',
    summary: 'List, follow or export the changes that the monitor has recorded',
    load: () => import('./events/command.ts'),
  },
  {
    name: 'jobs',
    summary: 'List, show, retry or cancel what the monitor has to do',
    load: () => import('./jobs/command.ts'),
  },
  {
    name: 'dead',
    summary: 'List, retry or discard what the monitor could not do',
    load: () => import('./dead/command.ts'),
  },
  {
    name: 'rules',
    summary: 'Check, test, explain and compare rule files',
    load: () => import('./rules/command.ts'),
  },
  {
    name: 'locks',
    summary: 'List the retention locks that were set, and compare them with the cluster',
    load: () => import('./locks/command.ts'),
  },
  {
    name: 'all-stop',
    summary: 'See what the action all-stop has stopped, and make it as it was before',
    load: () => import('./all-stop/command.ts'),
  },
  {
    name: 'quarantine',
    summary: 'List what the action quarantine has taken, put it back, or delete it for good',
    load: () => import('./quarantine/command.ts'),
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
