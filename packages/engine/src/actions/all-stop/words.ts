import type { ActionOutcome } from '../port.ts';
import { partName } from './inventory.ts';
import type { StopPart, StopRecord, StopScope } from './record.ts';
import type { KeptStops } from './records.ts';
import { type Trouble, troubleText } from './trouble.ts';

const RESUME = 'take it back with "qwarden all-stop resume"';

/** `the cluster`, `share Files`. */
export function scopeName(scope: StopScope): string {
  return scope.kind === 'cluster' ? 'the cluster' : `${scope.kind} ${scope.name}`;
}

export function whole(stop: StopRecord, closed: number): string {
  const parts = stop.parts.filter(({ left }) => left !== null);
  return `stopped ${scopeName(stop.scope)}: ${listed(parts, closed)}; ${RESUME} (stop ${stop.id})`;
}

/** The stop of an earlier trigger stands. */
export function standsStill({ id, startedAt, scope }: StopRecord, open: readonly string[]): string {
  const stands = `${scopeName(scope)} is stopped since ${startedAt} (stop ${id})`;
  return open.length === 0
    ? stands
    : `${stands}; somebody has opened since, and that was left so: ${open.join(', ')}. After "qwarden all-stop resume" the next trigger stops everything anew`;
}

export function partlyStopped(stop: StopRecord, troubles: readonly Trouble[], closed: number): ActionOutcome {
  const outcomes = troubles.map(({ outcome }) => outcome);
  if (outcomes.some(({ kind }) => kind === 'aborted')) return { kind: 'aborted' };
  const stopped = stop.parts.filter(({ left }) => left !== null);
  const done = stopped.length === 0 && closed === 0 ? 'nothing' : listed(stopped, closed);
  const reason = `Only a part of ${scopeName(stop.scope)} is stopped. NOT stopped: ${troubles.map(troubleText).join('; ')}. Stopped: ${done}.`;
  const transient = outcomes.filter((outcome) => outcome.kind === 'transient');
  if (transient.length > 0) {
    const waits = transient.flatMap(({ waitMs }) => waitMs ?? []);
    return {
      kind: 'transient',
      reason,
      target: transient.some(({ target }) => target === 'cluster') ? 'cluster' : 'file',
      overload: transient.some(({ overload }) => overload),
      ...(waits.length === 0 ? {} : { waitMs: Math.max(...waits) }),
    };
  }
  return {
    kind: 'failed',
    reason,
    remedy: `Stop the rest by hand, or give the user of qwarden the privileges that the rule asks for (it names those that it lacks when it starts) and retry the job (qwarden dead retry). What is stopped: ${RESUME}.`,
  };
}

/** To be added to what was done: another stop may stand, of which nobody can tell. */
export function alsoUnreadable(unreadable: KeptStops['unreadable']): string {
  if (unreadable.length === 0) return '';
  const files = unreadable.map(({ path, why }) => `${path} (${why})`).join(', ');
  return `. Another stop may stand whose record CANNOT BE READ: ${files}. ${UNREADABLE_REMEDY}`;
}

/** For whoever finds a record of a stop that cannot be read. */
export const UNREADABLE_REMEDY =
  'Make it readable for the user that the monitor runs as (chown, chmod 600); one that is damaged comes out of a backup, and one of a newer qwarden needs that version. Move it away only when you know that nothing of it is stopped any more.';

export function intention(open: readonly Pick<StopPart, 'kind' | 'name'>[]): string {
  return listed(open, 0);
}

function listed(parts: readonly Pick<StopPart, 'kind' | 'name'>[], closed: number): string {
  const texts = Object.entries(HOW).flatMap(([kind, how]) => {
    const names = parts.filter((part) => part.kind === kind).map(partName);
    return names.length === 0 ? [] : `${shortened(names)} ${how}`;
  });
  if (closed > 0) texts.push(`${closed} SMB ${closed === 1 ? 'session' : 'sessions'} closed`);
  return texts.join('; ');
}

const HOW: Readonly<Record<StopPart['kind'], string>> = {
  tenant: 'without NFS and SMB',
  s3: 'off',
  ftp: 'off',
  export: 'read-only',
  share: 'read-only',
};
const MOST_NAMES = 20;

function shortened(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}
