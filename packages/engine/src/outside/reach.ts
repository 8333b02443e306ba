import type { Clock } from '@qwarden/qumulo-client';
import { OutsideError } from '../actions/port.ts';
import { openConnection, type Reachable } from './connect.ts';
import { connectionFailure } from './connection-failure.ts';
import { codeOf } from './errno.ts';
import type { Targets } from './targets.ts';
import { createTrust } from './trust.ts';
import { within } from './within.ts';

const TIMEOUT_MS = 10_000;

/** Opens a connection and closes it again; nothing is said. Rejects with OutsideError. */
export function createReach(clock: Clock, ca: string | undefined, targets: Targets) {
  const trust = createTrust(ca);
  return async (target: Reachable, signal: AbortSignal): Promise<void> => {
    const at = `${target.host}:${target.port}`;
    const late = `${at}: no answer in ${TIMEOUT_MS / 1000} s`;
    await within({ clock, ms: TIMEOUT_MS, signal, late }, async (cut) => {
      try {
        const socket = await openConnection(target, { targets, trust }, cut);
        socket.on('error', () => undefined).destroy();
      } catch (error) {
        throw failure(error, at);
      }
    });
  };
}

function failure(error: unknown, at: string): OutsideError {
  if (error instanceof OutsideError) return error;
  const code = codeOf(error);
  return (
    connectionFailure(code, at) ?? new OutsideError(`${at}: no connection came about (${code})`, { transient: true })
  );
}
