import { type MonitorEvent, type MonitorEventKind, sentence } from '@qwarden/engine';
import type { Level, LogLine } from '../../log/levels.ts';
import { inWords } from '../../output/duration.ts';
import { paused, resumed } from './pause.ts';

/** Words for an event of the monitor. Its data goes along for machines. */
export function narrateMonitor(event: MonitorEvent): LogLine {
  const { kind, at: _, ...fields } = event;
  const [level, text] = wordsFor(event.kind, event);
  return { level, kind, text, fields };
}

type Words = readonly [Level, string];
type EventOf = { [K in MonitorEventKind]: Extract<MonitorEvent, { kind: K }> };
type StepEvent = { rule: string; action: string; path: string };

const LEVELS = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;

/** One sentence for each kind of event. */
const sentences: { [K in MonitorEventKind]: (event: EventOf[K]) => Words } = {
  listening: (event) => [
    'INFO',
    `Listening for change notifications on directory: ${event.path} [file_num ${event.directoryId}]`,
  ],
  working: (event) => ['INFO', event.message],
  'stream-ended': (event) => [
    'WARNING',
    `The notification stream ended (${event.reason}${event.message ? `: ${event.message}` : ''})`,
  ],
  'stream-retry': (event) => [
    'WARNING',
    `Opening the stream again in ${inWords(event.delayMs)} (attempt ${event.attempt}): ${event.reason}`,
  ],
  refused: (event) => [
    'ERROR',
    `The cluster refuses: ${event.reason} ${event.remedy} Trying again in ${inWords(event.retryInMs)}.`,
  ],
  'watch-paused': (event) => ['WARNING', paused(event)],
  'watch-resumed': (event) => ['INFO', resumed(event)],
  'catch-up-started': (event) => [
    'INFO',
    event.reason === 'baseline'
      ? 'Making the inventory: what is there already is not new'
      : `Looking for what changed since ${event.since} (${event.reason})`,
  ],
  'catch-up-finished': (event) => [
    'INFO',
    event.reason === 'baseline'
      ? `The inventory is made: ${event.looked} files and directories, ${event.found} changes since the watch began, ${inWords(event.tookMs)}`
      : `Looked for what changed meanwhile: ${event.found} changes of ${event.looked} files and directories, ${inWords(event.tookMs)}`,
  ],
  'no-inventory': (event) => ['WARNING', event.message],
  'catch-up-failed': (event) => [
    'WARNING',
    `Could not look for what changed meanwhile: ${event.message}; again in ${inWords(event.retryInMs)}`,
  ],
  'watch-removed': (event) => ['ERROR', `The watched directory is gone: ${event.path}`],
  'watch-renamed': (event) => [
    'WARNING',
    `The watched directory is now called ${event.path} (was ${event.oldPath}); going on`,
  ],
  unreadable: (event) => ['WARNING', event.message],
  'rules-loaded': (event) => ['INFO', loaded(event)],
  'rules-broken': (event) => [
    'ERROR',
    `${event.message} The rules in force stay (${event.keptHash.slice(0, 12)}). ${event.problems.join('; ')}`.trimEnd(),
  ],
  'own-effect': (event) => [
    'DEBUG',
    `Own effect: ${event.path} (${event.change}), because of ${event.rules.map((rule) => `"${rule}"`).join(', ')}`,
  ],
  settling: (event) => ['DEBUG', `Changed again: ${event.path} ("${event.rule}"), now due ${event.dueAt}`],
  matched: (event) => [
    'INFO',
    `Matched "${event.rule}": ${event.path} (${event.change.type}${event.change.movedFrom === null ? '' : `, was ${event.change.movedFrom}`})`,
  ],
  done: (event) => [LEVELS[event.level], `Done ${step(event)}: ${event.note}`],
  would: (event) => ['INFO', `Would do ${step(event)}: ${event.note}`],
  skipped: (event) => ['INFO', `Nothing to do ${step(event)}: ${event.note}`],
  gone: (event) => ['INFO', `Gone ${step(event)}: ${event.note}`],
  'not-yet': (event) => ['DEBUG', `Not yet ${step(event)}: ${event.reason}; again in ${inWords(event.delayMs)}`],
  retrying: (event) => [
    event.attempt === 1 ? 'WARNING' : 'DEBUG',
    `Will try again in ${inWords(event.delayMs)} ${step(event)}: ${event.reason}`,
  ],
  failed: (event) => [
    'ERROR',
    `Failed ${step(event)}: ${sentence(event.reason)} ${event.remedy}${event.goesOn ? ' Going on with the next step.' : ''}`,
  ],
  parked: (event) => ['ERROR', `Held back "${event.rule}": ${event.path}: ${event.reason} ${event.remedy}`],
  throttled: (event) => [
    'WARNING',
    `${who(event.target)} is left alone for ${inWords(event.delayMs)} (${event.reason})`,
  ],
  recovered: (event) => ['INFO', capitalised(event.message)],
  skew: (event) => ['WARNING', event.message],
  store: (event) => [event.state === 'back' ? 'INFO' : 'WARNING', event.message],
  fatal: (event) => ['ERROR', `${event.reason} ${event.remedy}`],
  draining: (event) => [
    'INFO',
    `Stopping: finishing ${event.inFlight} jobs, ${event.waiting} stay in the queue for the next start`,
  ],
};

/** `kind` and `event` belong together; apart, the compiler can follow that. */
function wordsFor<K extends MonitorEventKind>(kind: K, event: EventOf[K]): Words {
  return sentences[kind](event);
}

function step({ rule, action, path }: StepEvent): string {
  return `"${rule}", ${action}: ${path}`;
}

function loaded(event: EventOf['rules-loaded']): string {
  const parts = [
    ...list('added', event.added),
    ...list('changed', event.changed),
    ...list('removed', event.removed),
  ].join('; ');
  return `Rules ${event.hash.slice(0, 12)} in force: ${event.rules} rules${parts === '' ? '' : ` (${parts})`}`;
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).join(', ');
  return [`${what}: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`];
}

function who(target: string): string {
  return target === 'cluster' ? 'The cluster' : target.replace(/^host:/, '');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
