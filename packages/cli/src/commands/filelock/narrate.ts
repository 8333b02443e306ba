import type { FilelockEvent, FilelockEventKind } from '@qwarden/engine';
import type { Level, LogLine } from '../../log/levels.ts';
import { inWords } from '../../output/duration.ts';
import { paused, resumed } from '../monitor/pause.ts';

/** Words for an event of the engine. Its data goes along for machines. */
export function narrate(event: FilelockEvent): LogLine {
  const { kind, at: _, ...fields } = event;
  const [level, text] = wordsFor(event.kind, event);
  return { level, kind, text, fields };
}

type Words = readonly [Level, string];
type EventOf = { [K in FilelockEventKind]: Extract<FilelockEvent, { kind: K }> };

/** One sentence for each kind of event. Those of `listening` and `locked` are the earlier script's own: people grep for them. */
const sentences: { [K in FilelockEventKind]: (event: EventOf[K]) => Words } = {
  listening: (event) => [
    'INFO',
    `Listening for change notifications on directory: ${event.path} [file_num ${event.directoryId}]`,
  ],
  locked: (event) => ['INFO', `Successfully locked file: ${event.path}`],
  'already-locked': (event) =>
    event.shorter
      ? [
          'WARNING',
          `Has a shorter retention lock already: ${event.path} (${describeLock(event)}). Give --extend to extend it.`,
        ]
      : ['INFO', `Has a retention lock already: ${event.path} (${describeLock(event)})`],
  'would-lock': (event) => ['INFO', `Would lock file: ${event.path} (${describeLock(event)})`],
  seen: (event) => ['DEBUG', `Seen: ${event.path} (${event.how}), due ${event.dueAt}`],
  settling: (event) => ['DEBUG', `Changed again: ${event.path}, now due ${event.dueAt}`],
  'still-open': (event) => ['INFO', `Still open: ${event.path} (${event.reason}); looking again at ${event.dueAt}`],
  skipped: (event) => ['DEBUG', `Left alone: ${event.path} (${event.reason})`],
  forgotten: (event) => ['INFO', `Gone before it was locked: ${event.path} (${event.reason})`],
  retrying: (event) => ['WARNING', `Will try again in ${inWords(event.delayMs)}: ${event.path} (${event.reason})`],
  failed: (event) => ['ERROR', `Failed to lock file: ${event.path}: ${event.reason} ${event.remedy}`],
  'stream-ended': (event) => [
    'WARNING',
    `The notification stream ended (${event.reason}${event.message ? `: ${event.message}` : ''})`,
  ],
  'stream-retry': (event) => [
    'WARNING',
    `Opening the stream again in ${inWords(event.delayMs)} (attempt ${event.attempt}): ${event.reason}`,
  ],
  'watch-paused': (event) => ['WARNING', paused(event)],
  'watch-resumed': (event) => ['INFO', resumed(event)],
  'catch-up-started': (event) => ['DEBUG', `Looking for what changed meanwhile (${event.reason})`],
  'catch-up-finished': (event) => [
    event.reason === 'baseline' ? 'DEBUG' : 'INFO',
    `Looked for what changed meanwhile: ${event.found} of ${event.files} files, ${inWords(event.tookMs)}`,
  ],
  'catch-up-failed': (event) => [
    'WARNING',
    `Could not look for what changed meanwhile: ${event.message}; again in ${inWords(event.retryInMs)}`,
  ],
  'existing-found': (event) => ['INFO', existing(event)],
  recovered: (event) => ['INFO', sentence(event.path === null ? event.message : `${event.message}: ${event.path}`)],
  refused: (event) => [
    'ERROR',
    `The cluster refuses: ${event.reason} ${event.remedy} Trying again in ${inWords(event.retryInMs)}.`,
  ],
  skew: (event) => ['WARNING', event.message],
  unreadable: (event) => ['WARNING', event.message],
  'no-inventory': (event) => ['WARNING', event.message],
  throttled: (event) => [
    'WARNING',
    `The cluster asks to slow down: waiting ${inWords(event.delayMs)} (${event.reason})`,
  ],
  'watch-removed': (event) => ['ERROR', `The watched directory is gone: ${event.path}`],
  'watch-renamed': (event) => [
    'WARNING',
    `The watched directory is now called ${event.path} (was ${event.oldPath}); going on`,
  ],
  fatal: (event) => ['ERROR', `${event.reason} ${event.remedy}`],
  draining: (event) => [
    'INFO',
    `Stopping: finishing ${event.inFlight} calls, ${event.pending} files stay in the state for the next start`,
  ],
};

/** `kind` and `event` belong together; apart, the compiler can follow that. */
function wordsFor<K extends FilelockEventKind>(kind: K, event: EventOf[K]): Words {
  return sentences[kind](event);
}

function existing(event: Extract<FilelockEvent, { kind: 'existing-found' }>): string {
  const done = {
    ignored: 'ignored',
    reported: 'left as they are (--existing lock would lock them)',
    'retention-lock': 'will be locked',
  };
  const examples = event.samples.length > 0 ? `, for example ${event.samples.slice(0, 3).join(', ')}` : '';
  return `${event.count} files were there before: ${done[event.action]}${examples}`;
}

/** `until 2031-12-31T00:00:00Z, legal hold`. */
function describeLock(lock: { retentionPeriod: string | null; legalHold: boolean }): string {
  const parts = [];
  if (lock.retentionPeriod !== null) parts.push(`until ${lock.retentionPeriod}`);
  if (lock.legalHold) parts.push('legal hold');
  return parts.length > 0 ? parts.join(', ') : 'no retention lock';
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
