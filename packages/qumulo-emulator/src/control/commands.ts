import type { LockPair } from '../cluster/protocol-clients.ts';
import { LOCK_PAIRS } from '../cluster/protocol-clients.ts';
import type { Emulator } from '../types.ts';
import { array, boolean, type Decoder, integer, object, oneOf, optional, string } from '../http/decode.ts';
import { badRequest, decodeError } from '../http/errors.ts';
import { decodeSegment } from '../http/percent.ts';
import { parseInstant } from '../operations/times.ts';
import { countFiles, createFiles } from './bulk.ts';
import { CLIENT_ACTIONS, CLIENT_PROTOCOLS, type ClientRequest } from '../clients/request.ts';
import { faultRule, number } from './fault-rule.ts';
import { refuseOthers } from './strict.ts';

/** Runs a task once the answer has left: for what cuts the caller's own connection. */
export type Later = (task: () => void | Promise<void>) => void;

/** One call of the control API. */
export interface ControlCommand {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly pattern: string;
  run(emulator: Emulator, body: unknown, parameters: readonly string[], later: Later): unknown;
}

const countOrAll: Decoder<number | 'all'> = (value, field) => (value === 'all' ? 'all' : integer(value, field));
const who = object({ username: optional(string) });
const chosenStreams = object({ count: optional(countOrAll), mode: optional(oneOf(['abruptly', 'cleanly'])) });
const clockChange = object({
  action: oneOf(['move', 'set', 'freeze', 'resume']),
  milliseconds: optional(number),
  instant: optional(string),
});
const openFile = object({
  ref: string,
  owner: optional(string),
  originator: optional(string),
  tenantId: optional(integer),
  shareName: optional(string),
  access: optional(array(string)),
});
const lock = object({
  ref: string,
  pair: oneOf(LOCK_PAIRS),
  waiting: optional(boolean),
  ownerAddress: optional(string),
  ownerName: optional(string),
  ownerId: optional(string),
  mode: optional(array(string)),
  offset: optional(string),
  size: optional(string),
});

const bulkCreate = object({
  directory: string,
  count: integer,
  prefix: optional(string),
  perSecond: optional(number),
  maxQueued: optional(integer),
});

const clientFields = {
  protocol: oneOf(CLIENT_PROTOCOLS),
  action: oneOf(CLIENT_ACTIONS),
  path: optional(string),
  to: optional(string),
  data: optional(string),
  tenantId: optional(integer),
  export: optional(string),
  share: optional(string),
  handle: optional(string),
  address: optional(string),
  user: optional(string),
  uid: optional(integer),
  gid: optional(integer),
};
const decodeClient = object(clientFields);

function clientRequest(body: unknown): ClientRequest {
  const request = decodeClient(body, 'body');
  refuseOthers(body, clientFields);
  return request;
}

function fileId(emulator: Emulator, ref: string): string {
  const id = emulator.fs.idOf(ref);
  if (id === null) throw badRequest(`There is no file ${ref}`);
  return id;
}

function turnClock(emulator: Emulator, body: unknown) {
  const change = clockChange(body, 'body');
  const { clock } = emulator;
  if (change.action === 'freeze') clock.freeze();
  else if (change.action === 'resume') clock.resume();
  else if (change.action === 'move') clock.move(change.milliseconds ?? 0);
  else {
    const instant = parseInstant(change.instant ?? '');
    if (instant === undefined) throw decodeError("field 'instant': expected an RFC 3339 time");
    clock.set(instant);
  }
  return clockState(emulator);
}

const clockState = ({ clock }: Emulator) => ({
  now: new Date(clock.nowMs()).toISOString(),
  frozen: clock.frozen,
});

const streamState = (emulator: Emulator) => ({
  streams: emulator.streams.all().map((stream) => ({
    path: stream.path,
    startedAt: new Date(stream.startedAtMs).toISOString(),
    eventsSent: stream.eventsSent,
    queued: stream.queued,
    hanging: stream.hanging,
  })),
});

/** Everything under `/_emulator/`; README.md describes each. */
export const controlCommands: readonly ControlCommand[] = [
  { method: 'GET', pattern: '/_emulator/stats', run: (emulator) => emulator.statistics() },
  {
    method: 'DELETE',
    pattern: '/_emulator/stats',
    run(emulator) {
      emulator.stats.reset();
    },
  },
  { method: 'GET', pattern: '/_emulator/lock-calls', run: (emulator) => ({ calls: emulator.stats.lockCalls() }) },
  {
    method: 'GET',
    pattern: '/_emulator/lock-calls/{id}',
    run: (emulator, _body, [id = '']) => ({ calls: emulator.stats.lockCalls(decodeSegment(id)) }),
  },
  { method: 'GET', pattern: '/_emulator/faults', run: (emulator) => ({ faults: emulator.faults.list() }) },
  {
    method: 'POST',
    pattern: '/_emulator/faults',
    run: (emulator, body) => ({ id: emulator.faults.add(faultRule(body)) }),
  },
  {
    method: 'DELETE',
    pattern: '/_emulator/faults',
    run(emulator) {
      emulator.faults.clear();
    },
  },
  {
    method: 'DELETE',
    pattern: '/_emulator/faults/{id}',
    run: (emulator, _body, [id = '']) => ({ removed: emulator.faults.remove(Number(id)) }),
  },
  { method: 'GET', pattern: '/_emulator/streams', run: streamState },
  {
    method: 'POST',
    pattern: '/_emulator/streams/drop',
    run(emulator, body) {
      const { count = 'all', mode = 'abruptly' } = chosenStreams(body, 'body');
      return { dropped: emulator.streams.drop(count, mode) };
    },
  },
  {
    method: 'POST',
    pattern: '/_emulator/streams/hang',
    run: (emulator, body) => ({ hanging: emulator.streams.hang(chosenStreams(body, 'body').count ?? 'all') }),
  },
  { method: 'POST', pattern: '/_emulator/streams/resume', run: (emulator) => ({ resumed: emulator.streams.unhang() }) },
  {
    method: 'POST',
    pattern: '/_emulator/streams/overflow',
    run: (emulator, body) => ({ overflowed: emulator.streams.overflow(chosenStreams(body, 'body').count ?? 'all') }),
  },
  {
    method: 'POST',
    pattern: '/_emulator/sessions/expire',
    run: (emulator, body) => ({ expired: emulator.expireSessions(who(body, 'body').username) }),
  },
  {
    method: 'POST',
    pattern: '/_emulator/tokens/expire',
    run: (emulator, body) => ({ expired: emulator.expireTokens(who(body, 'body').username) }),
  },
  { method: 'GET', pattern: '/_emulator/clock', run: clockState },
  { method: 'POST', pattern: '/_emulator/clock', run: turnClock },
  {
    method: 'POST',
    pattern: '/_emulator/smb/opens',
    run(emulator, body) {
      const { ref, ...file } = openFile(body, 'body');
      return emulator.clients.openFile({ ...file, fileId: fileId(emulator, ref) }, emulator.clock.nowMs());
    },
  },
  {
    method: 'DELETE',
    pattern: '/_emulator/smb/opens/{location}',
    run(emulator, _body, [location = '']) {
      emulator.clients.closeFile(decodeSegment(location));
    },
  },
  {
    method: 'POST',
    pattern: '/_emulator/clients',
    run: (emulator, body) => emulator.asClient(clientRequest(body)),
  },
  {
    method: 'POST',
    pattern: '/_emulator/locks',
    run(emulator, body) {
      const { ref, pair, ...rest } = lock(body, 'body');
      const checked: LockPair = pair;
      return emulator.clients.placeLock({ ...rest, pair: checked, fileId: fileId(emulator, ref) });
    },
  },
  {
    method: 'DELETE',
    pattern: '/_emulator/locks/{id}',
    run(emulator, _body, [id = '']) {
      emulator.clients.removeLock(decodeSegment(id));
    },
  },
  {
    method: 'POST',
    pattern: '/_emulator/release',
    run(emulator, body) {
      const { ref } = object({ ref: optional(string) })(body, 'body');
      return { released: emulator.clients.releaseAll(ref === undefined ? undefined : fileId(emulator, ref)) };
    },
  },
  {
    method: 'POST',
    pattern: '/_emulator/files/create',
    run: (emulator, body) => createFiles(emulator, bulkCreate(body, 'body')),
  },
  {
    method: 'POST',
    pattern: '/_emulator/files/count',
    run: (emulator, body) => countFiles(emulator, object({ directory: string })(body, 'body').directory),
  },
  {
    method: 'POST',
    pattern: '/_emulator/connections/drop',
    run(emulator, _body, _parameters, later) {
      later(() => {
        emulator.dropConnections();
      });
    },
  },
  {
    method: 'POST',
    pattern: '/_emulator/accepting/pause',
    run: (emulator, body) => pause(emulator, body),
  },
  {
    method: 'POST',
    pattern: '/_emulator/certificate',
    async run(emulator, body) {
      const { key, cert, notBefore, notAfter } = object({
        key: optional(string),
        cert: optional(string),
        notBefore: optional(string),
        notAfter: optional(string),
      })(body, 'body');
      const given = key !== undefined && cert !== undefined;
      const fingerprint = await emulator.swapCertificate(
        given
          ? { key, cert }
          : {
              ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
              ...(notAfter === undefined ? {} : { notAfter: new Date(notAfter) }),
            },
      );
      return { fingerprint256: fingerprint };
    },
  },
  {
    method: 'POST',
    pattern: '/_emulator/restart',
    run(emulator, body, _parameters, later) {
      const { downMs = 0 } = object({ downMs: optional(number) })(body, 'body');
      later(() => emulator.restart({ downMs }));
    },
  },
];

/** Over HTTP the way back must be timed: a server that refuses connections cannot be told to accept again. */
async function pause(emulator: Emulator, body: unknown): Promise<{ resumesInMs: number }> {
  const { mode = 'refuse', forMs } = object({ mode: optional(oneOf(['refuse', 'hang'])), forMs: number })(body, 'body');
  await emulator.pauseAccepting(mode);
  setTimeout(() => {
    emulator.resumeAccepting().catch((error: unknown) => {
      emulator.cluster.reportDefect(error);
    });
  }, forMs);
  return { resumesInMs: forMs };
}
