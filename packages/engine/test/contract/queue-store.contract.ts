import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEnd, LogBounds, LogEntry, QueueStore, RuleJob } from '../../src/queue/port.ts';
import {
  all,
  arm,
  arming,
  attempt,
  batch,
  commit,
  event,
  only,
  type OpenQueue,
  type QueueHarness,
  readOn,
  touch,
  trace,
  unread,
  verdictOf,
} from './queue-store.fixtures.ts';
import { lockLedgerContract } from './lock-ledger.contract.ts';
import { queueStoreModel } from './queue-store.model.ts';

const DONE: JobEnd = { kind: 'done' };
const KEY = 'lock\x007';
const HUGE = '18446744065119617025';
/** Lone surrogates, a NUL, quotes, newlines, what Lua and SQL have in their patterns, and something outside the BMP. */
const HOSTILE = `"'\\\n\r\t%s%%{1}[x]\u2028 😀 \ud83d|\udc00 \0 ; DROP`;

/** What every queue store promises. `open` gives an empty one; the model test makes so many `runs`. */
export function queueStoreContract(open: OpenQueue, model: { readonly runs: number }): void {
  describe('keeps what the port promises:', () => {
    let harness: QueueHarness;
    let store: QueueStore;
    beforeEach(async () => {
      harness = await open();
      store = harness.store;
    });
    afterEach(async () => {
      await harness.dispose();
    });
    const reopen = async () => {
      store = await harness.reopen();
      return store;
    };
    const openWith = async (bounds: Partial<LogBounds>) => {
      await harness.dispose();
      harness = await open(bounds);
      store = harness.store;
    };
    const take = async (): Promise<RuleJob> => await only(store.jobs.take(harness.clock.now(), 10));
    const now = () => harness.clock.now();

    describe('the log', () => {
      it('keeps what was appended, byte for byte and in order, over a crash', async () => {
        const names = ['plain', 'ünïcode 😀', '\\ud83d lone', '"quoted"\\n'];
        const raws = names.map((path) => `[{"type":"child_file_added", "path":${JSON.stringify(path)},"spine":["7"]}]`);
        await Promise.all(
          raws.map((raw, n) =>
            store.log.append({ ...batch(1000 + n, []), events: 1, epoch: n, raw, source: 'catch-up' }),
          ),
        );
        await reopen();
        const { entries } = await only(unread(store));
        expect(entries.map(({ raw }) => raw)).toEqual(raws);
        expect(entries.map(({ epoch, receivedAt }) => [epoch, receivedAt])).toEqual(raws.map((_, n) => [n, 1000 + n]));
        expect(entries[0]).toMatchObject({ events: 1, root: '/watched', source: 'catch-up' });
        expect(new Set(entries.map(({ position }) => position)).size).toBe(raws.length);
      });

      it('has a place for each of those that came in one moment, whatever is in them', async () => {
        const at = now();
        const texts = ['', HOSTILE, 'ü'.repeat(5000), '\n', '😀\n', '"'];
        const raws = Array.from(
          { length: 200 },
          (_, n) => `${' '.repeat(n % 2)}${JSON.stringify([event('7', `${n}${texts[n % texts.length]}`)])}`,
        );
        await Promise.all(
          raws.map((raw, n) =>
            store.log.append({
              ...batch(at + (n % 10) / 16, []),
              events: 1 + (n % 3),
              raw,
              epoch: n < 150 ? 1 : 2,
              root: n < 70 ? '/a' : '/b',
            }),
          ),
        );
        const same = (entries: readonly LogEntry[], from: number) => {
          const about = entries.map(({ raw, receivedAt, events, epoch, root }) => [
            raw,
            receivedAt,
            events,
            epoch,
            root,
          ]);
          expect(about).toEqual(
            raws.slice(from).map((raw, m) => {
              const n = from + m;
              return [raw, at + (n % 10) / 16, 1 + (n % 3), n < 150 ? 1 : 2, n < 70 ? '/a' : '/b'];
            }),
          );
        };
        const first = await only(unread(store));
        same(first.entries, 0);
        await reopen();
        const { partition, entries } = await only(unread(store));
        same(entries, 0);
        expect(entries.map(({ position }) => position)).toEqual(first.entries.map(({ position }) => position));
        for (const n of [0, 1, 63, 64, 69, 70, 71, 148, 149, 150, 198, 199]) {
          const { position = '' } = entries[n] ?? {};
          same(await store.log.read(partition, position, 1000), n + 1);
          expect(await store.log.read(partition, position, 3)).toEqual(entries.slice(n + 1, n + 4));
          expect(await all(store.log.history({ after: position }))).toEqual(entries.slice(n + 1));
          await commit(store, { position }, partition);
          const left = entries.slice(n + 1);
          const events = left.reduce((sum, one) => sum + one.events, 0);
          const oldestAt = left[0]?.receivedAt ?? null;
          expect(await store.log.lag()).toMatchObject({ batches: left.length, events, oldestAt });
        }
      });

      it('keeps every source, and a root with a hostile name', async () => {
        const sources = ['stream', 'catch-up', 'walk', 'injected'] as const;
        for (const source of sources) await store.log.append(batch(1, [event('7')], { source, root: `/${HOSTILE}` }));
        const { entries } = await only(unread(store));
        expect(entries.map(({ source }) => source)).toEqual(sources);
        expect(entries[0]?.root).toBe(`/${HOSTILE}`);
      });

      it('is read from behind a position, so many at a time', async () => {
        for (let n = 0; n < 5; n += 1) await store.log.append(batch(n, [event('7', `f${n}`)]));
        const { partition, entries } = await only(unread(store));
        const first = await store.log.read(partition, '', 2);
        expect(first).toEqual(entries.slice(0, 2));
        expect(await store.log.read(partition, first[1]?.position ?? '', 2)).toEqual(entries.slice(2, 4));
        expect(await store.log.read(partition, entries[4]?.position ?? '', 2)).toEqual([]);
      });

      it('keeps the changes of a file together and in order, and each change once', async () => {
        const sent: string[] = [];
        const ids = Array.from({ length: 40 }, (_, n) => String(1000 + n * 7));
        for (let n = 0; n < 10; n += 1) {
          const events = ids.filter((_, m) => (n * m) % 3 !== 1).map((id) => event(id, `${id}/${n}`));
          sent.push(...events.map((one) => JSON.stringify(one)));
          await store.log.append(batch(n, events));
        }
        const seen: string[] = [];
        const places = new Map<string, Set<number>>();
        for (const { partition, entries } of await unread(store)) {
          for (const { raw, events } of entries) {
            const parsed: { spine: string[]; path: string }[] = JSON.parse(raw);
            expect(parsed).toHaveLength(events);
            for (const one of parsed) {
              const id = one.spine.at(-1) ?? '';
              places.set(id, (places.get(id) ?? new Set()).add(partition));
              seen.push(JSON.stringify(one));
            }
          }
        }
        expect([...seen].sort()).toEqual([...sent].sort());
        expect([...places.values()].every(({ size }) => size === 1)).toBe(true);
        for (const id of ids) {
          const of = (list: string[]) => list.filter((one) => one.includes(`"${id}/`));
          expect(of(seen)).toEqual(of(sent));
        }
        expect(new Set(places.values().flatMap((set) => set)).size > 1).toBe(store.log.partitions > 1);
      });

      it('keeps what has no file id, or is no list of events, in partition 0', async () => {
        await store.log.append(batch(1, [{ ...event('7'), spine: [] }]));
        await store.log.append({ ...batch(2, []), raw: 'no JSON' });
        const { partition, entries } = await only(unread(store));
        expect(partition).toBe(0);
        expect(entries.map(({ raw }) => raw)).toEqual([JSON.stringify([{ ...event('7'), spine: [] }]), 'no JSON']);
      });

      it('wakes a reader when there is more, when it is told to stop, and at once when there is something', async () => {
        await store.log.append(batch(1, [event('7')]));
        const { partition, entries } = await only(unread(store));
        const position = entries[0]?.position ?? '';
        const never = new AbortController();
        await store.log.more(partition, '', never.signal);
        const stopped = new AbortController();
        const stop = store.log.more(partition, position, stopped.signal);
        const first = store.log.more(partition, position, never.signal);
        const second = store.log.more(partition, position, never.signal);
        stopped.abort();
        await stop;
        await store.log.append(batch(2, [event('7')]));
        await Promise.all([first, second]);
        expect(await store.log.read(partition, position, 10)).toHaveLength(1);
      });

      it('tells its history, decided about or not', async () => {
        const at = now();
        for (let n = 0; n < 6; n += 1) await store.log.append(batch(at + n, [event(String(n))]));
        await readOn(store);
        for (let n = 6; n < 9; n += 1) await store.log.append(batch(at + n, [event(String(n))]));
        const entries = await all(store.log.history({}));
        expect(entries.map(({ receivedAt }) => receivedAt)).toEqual(Array.from({ length: 9 }, (_, n) => at + n));
        expect(await all(store.log.history({ since: at + 4 }))).toEqual(entries.slice(4));
        for (const [n, { position }] of entries.entries())
          expect(await all(store.log.history({ after: position }))).toEqual(entries.slice(n + 1));
        expect(await all(store.log.history({ after: entries[1]?.position, since: at + 7 }))).toEqual(entries.slice(7));
      });

      it('tells how far behind its readers are', async () => {
        expect(await store.log.lag()).toEqual({ batches: 0, events: 0, oldestAt: null, bytes: 0 });
        const at = now();
        await store.log.append(batch(at, [event('7', 'ü')]));
        await readOn(store);
        await store.log.append(batch(at + 1, [event('7'), event('7')]));
        await store.log.append(batch(at + 2, [event('7')]));
        await reopen();
        const lag = await store.log.lag();
        expect(lag).toMatchObject({ batches: 2, events: 3, oldestAt: at + 1 });
        const bytes = (await all(store.log.history({}))).reduce((sum, { raw }) => sum + Buffer.byteLength(raw), 0);
        expect(lag.bytes).toBe(bytes);
        await readOn(store);
        expect(await store.log.lag()).toEqual({ batches: 0, events: 0, oldestAt: null, bytes });
      });

      it('makes the watch wait when its reader is too far behind, and keeps the order', async () => {
        await openWith({ mostUnreadBatches: 3 });
        const order: number[] = [];
        const appends = Array.from({ length: 8 }, (_, n) =>
          store.log.append(batch(n, [event('7', `f${n}`)])).then(() => order.push(n)),
        );
        await Promise.all(appends.slice(0, 3));
        const seen: string[] = [];
        for (let round = 0; seen.length < 8; round += 1) {
          const { partition, entries } = await only(unread(store));
          expect(entries.length).toBeLessThanOrEqual(3);
          seen.push(...entries.map(({ raw }) => raw));
          await commit(store, { position: entries.at(-1)?.position ?? '' }, partition);
          const next = appends[seen.length];
          if (next !== undefined) await next;
        }
        await Promise.all(appends);
        expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(seen).toEqual(order.map((n) => JSON.stringify([event('7', `f${n}`)])));
      });

      it('drops what is old, and never what was not decided about', async () => {
        await openWith({ keepMs: 60_000 });
        await fill(store, 1100, (n) => ({ at: now() - 1_000_000 + n }));
        expect(await all(store.log.history({}))).toHaveLength(1100);
        const { partition, entries } = await only(unread(store));
        await commit(store, { position: entries[599]?.position ?? '' }, partition);
        const left = await all(store.log.history({}));
        expect(left.slice(-500)).toEqual(entries.slice(600));
        expect(left.length).toBeLessThan(1100);
        await fill(store, 1100, () => ({ at: now() }));
        await readOn(store);
        await fill(store, 1, () => ({ at: now() }));
        await readOn(store);
        expect(await all(store.log.history({}))).toHaveLength(1101);
        await reopen();
        expect(await all(store.log.history({}))).toHaveLength(1101);
      });

      it('drops what is too much, oldest first, and never what was not decided about', async () => {
        const size = Buffer.byteLength(batch(0, [event('7', 'x')]).raw);
        await openWith({ keepBytes: size * 200 });
        await fill(store, 1100, () => ({ at: now() }));
        const { partition, entries } = await only(unread(store));
        await commit(store, { position: entries[999]?.position ?? '' }, partition);
        const left = await all(store.log.history({}));
        expect(left).toEqual(entries.slice(-left.length));
        expect(left.length).toBeGreaterThanOrEqual(100);
        expect(left.length).toBeLessThanOrEqual(200);
        expect((await store.log.lag()).bytes).toBe(left.length * size);
      });

      it('gives no position twice, also when everything was dropped', async () => {
        await openWith({ keepMs: 0 });
        await fill(store, 1100, () => ({ at: 1 }));
        const positions = new Set((await only(unread(store))).entries.map(({ position }) => position));
        await readOn(store);
        expect(await all(store.log.history({}))).toEqual([]);
        await reopen();
        await store.log.append(batch(1, [event('7')]));
        const { entries } = await only(unread(store));
        expect(positions.has(entries[0]?.position ?? '')).toBe(false);
      });
    });

    describe('a commit', () => {
      it('makes position, state, jobs, traces and met expectations durable together', async () => {
        await store.log.append(batch(1, [event('7')]));
        const [id = 0] = await store.expectations.add([
          { fileId: '7', type: 'child_data_written', causes: [], expiresAt: 1e15 },
        ]);
        const { partition, entries } = await only(unread(store));
        const position = entries[0]?.position ?? '';
        const armed = arming();
        const other = trace({ fileId: '7' });
        await store.commit(partition, {
          position,
          state: '{"a":"ü😀"}',
          arm: [armed],
          touch: [],
          traces: [other],
          met: [id],
        });
        await reopen();
        expect(await store.reader(partition)).toEqual({ position, state: '{"a":"ü😀"}' });
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'waiting', match: armed.arming.job.match });
        expect(await verdictOf(store, armed.trace.match)).toBe('armed');
        expect((await all(store.traces.matches({ fileId: '7' }))).find(({ match }) => match === other.match)).toEqual(
          other,
        );
        expect(await store.expectations.open(0)).toEqual([]);
      });

      it('of a process that dies meanwhile is whole or not at all', async () => {
        for (let round = 0; round < 8; round += 1) {
          await store.log.append(batch(round, [event('7')]));
          const { partition, entries } = await only(unread(store));
          const position = entries[0]?.position ?? '';
          const armed = arming({ key: `lock\x007#${round}` });
          const pending = store.commit(partition, {
            position,
            state: '{}',
            arm: [armed],
            touch: [],
            traces: [],
            met: [],
          });
          const ended = pending.then(
            () => 'durable',
            () => 'refused',
          );
          for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          await reopen();
          const moved = (await store.reader(partition)).position === position;
          expect((await store.jobs.find(armed.arming.job.key)) !== undefined).toBe(moved);
          expect((await verdictOf(store, armed.trace.match)) !== undefined).toBe(moved);
          expect((await ended) === 'refused' || moved).toBe(true);
          await readOn(store);
        }
      });

      it('may change the state alone', async () => {
        await commit(store, { state: '"a"' });
        await commit(store, { state: '"b"' });
        expect(await store.reader(0)).toEqual({ position: '', state: '"b"' });
      });

      it('does not go back, and changes nothing when it tries to', async () => {
        await store.log.append(batch(1, [event('7')]));
        const { partition, entries } = await only(unread(store));
        await readOn(store);
        const back = store.commit(partition, {
          position: '',
          state: '"x"',
          arm: [arming()],
          touch: [],
          traces: [],
          met: [],
        });
        await expect(back).rejects.toMatchObject({ name: 'StateError', kind: 'in-use' });
        expect(await store.reader(partition)).toEqual({ position: entries[0]?.position, state: '{}' });
        expect(await store.jobs.find(KEY)).toBeUndefined();
      });

      it('arms a match once, however often it is decided', async () => {
        const armed = arming({ dueAt: 10 });
        await commit(store, { arm: [armed] });
        const job = await take();
        await commit(store, { arm: [armed] });
        await store.jobs.finish(job, DONE, undefined);
        await commit(store, { arm: [armed], touch: [], traces: [{ ...armed.trace, verdict: 'own effect' }] });
        expect(await store.jobs.find(KEY)).toBeUndefined();
        expect(await verdictOf(store, armed.trace.match)).toBe('armed');
      });
    });

    describe('arming', () => {
      const modes = ['single', 'restart', 'queued', 'parallel'] as const;

      it.each(modes)('makes a job (%s)', async (mode) => {
        const { arming, trace } = await arm(store, { mode, causes: ['a', 'b'] });
        expect(await store.jobs.find(KEY)).toEqual({
          ...arming.job,
          state: 'waiting',
          step: 0,
          attempts: 0,
          outputs: {},
          lastError: null,
        });
        expect(await verdictOf(store, trace.match)).toBe('armed');
      });

      it.each(modes)('lets a job that waits settle anew (%s)', async (mode) => {
        await arm(store, { at: 1000 });
        const job = await take();
        await store.jobs.stepDone(
          job,
          { step: 1, path: '/x', output: { action: 'a', values: { b: 'c' } } },
          attempt(job),
        );
        const after = { ...job, step: 1, path: '/x', outputs: { a: { b: 'c' } } };
        const end: JobEnd = { kind: 'again', dueAt: now() + 1, failed: true, error: 'no', path: '/y' };
        await store.jobs.finish(after, end, undefined);
        const { arming, trace } = await arm(store, {
          mode,
          at: 3000,
          path: '/new',
          ruleSet: 'set-2',
          causes: ['c'],
          dueAt: 3005,
        });
        expect(await store.jobs.find(KEY)).toEqual({
          ...arming.job,
          armedAt: 1000,
          state: 'waiting',
          step: 0,
          attempts: 0,
          outputs: {},
          lastError: null,
        });
        expect(await verdictOf(store, trace.match)).toBe('settles anew');
        expect(await all(store.jobs.list({}))).toHaveLength(1);
      });

      it.each([
        { mode: 'single', again: false },
        { mode: 'parallel', again: false },
        { mode: 'restart', again: true },
        { mode: 'queued', again: true },
      ] as const)('of a job that runs: in mode $mode it runs again afterwards is $again', async ({ mode, again }) => {
        await arm(store);
        const job = await take();
        const { arming, trace } = await arm(store, { mode, at: 3000, path: '/new', dueAt: 3005 });
        expect(await verdictOf(store, trace.match)).toBe(
          again ? 'runs again afterwards' : 'ignored: the job runs already',
        );
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'running', match: job.match });
        expect(await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job))).toBe(mode === 'restart');
        await store.jobs.finish({ ...job, step: 1 }, DONE, undefined);
        const left = await store.jobs.find(KEY);
        const begun = { ...arming.job, state: 'waiting', step: 0, attempts: 0, outputs: {}, lastError: null };
        expect(left).toEqual(again ? begun : undefined);
      });

      it('keeps the latest of those that came while it ran', async () => {
        await arm(store);
        const job = await take();
        await arm(store, { mode: 'restart' });
        const last = await arm(store, { mode: 'queued', path: '/last' });
        expect(await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job))).toBe(false);
        await store.jobs.finish(job, { kind: 'dead', error: 'no' }, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'waiting', match: last.trace.match, path: '/last' });
      });

      it('of one job many times in a commit is as if they had come one by one', async () => {
        const many = (more: Parameters<typeof arming>[0] = {}) =>
          [1000, 1001, 1002].map((at) => arming({ at, path: `/at ${at}`, mode: 'queued', ...more }));
        const verdicts = async (armed: ReturnType<typeof many>) => {
          await commit(store, { arm: [...armed, arming({ fileId: '8' }), ...armed.slice(1)] });
          const found: (string | undefined)[] = [];
          for (const { trace } of armed) found.push(await verdictOf(store, trace.match));
          return found;
        };
        expect(await verdicts(many())).toEqual(['armed', 'settles anew', 'settles anew']);
        expect(await store.jobs.find(KEY)).toMatchObject({ armedAt: 1000, changedAt: 1002, path: '/at 1002' });
        expect(await verdicts(many({ path: '/later' }))).toEqual(Array(3).fill('settles anew'));
        expect(await store.jobs.find(KEY)).toMatchObject({ armedAt: 1000, path: '/later' });
        let job = (await store.jobs.take(now(), 10)).find(({ key }) => key === KEY);
        if (job === undefined) throw new Error('it was due');
        expect(await verdicts(many({ path: '/again' }))).toEqual(Array(3).fill('runs again afterwards'));
        await store.jobs.finish(job, { kind: 'dead', error: 'no' }, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'waiting', changedAt: 1002, path: '/again' });
        job = await take();
        await store.jobs.finish(job, { kind: 'dead', error: 'no' }, undefined);
        expect(await verdicts(many({ path: '/new' }))).toEqual(['armed', 'settles anew', 'settles anew']);
        expect(await store.jobs.find(KEY)).toMatchObject({ armedAt: 1000, changedAt: 1002, path: '/new' });
        await store.jobs.finish(await take(), { kind: 'parked', error: 'no' }, undefined);
        expect(await verdicts(many())).toEqual(Array(3).fill('held back: the job is parked'));
      });

      it('makes a dead job new', async () => {
        await arm(store);
        await store.jobs.finish(await take(), { kind: 'dead', error: 'no' }, undefined);
        const { trace } = await arm(store, { mode: 'single', at: 4000, dueAt: 4005 });
        expect(await verdictOf(store, trace.match)).toBe('armed');
        expect(await store.jobs.find(KEY)).toMatchObject({
          state: 'waiting',
          armedAt: 4000,
          dueAt: 4005,
          attempts: 0,
          lastError: null,
        });
      });

      it('leaves a parked job to a person', async () => {
        await arm(store);
        await store.jobs.finish(await take(), { kind: 'parked', error: 'a loop' }, undefined);
        const { trace } = await arm(store);
        expect(await verdictOf(store, trace.match)).toBe('held back: the job is parked');
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'parked', lastError: 'a loop', dueAt: null });
      });
    });

    describe('a touch', () => {
      it('lets a job that waits settle anew and leaves the rest of it, over a crash', async () => {
        await arm(store, { at: 1000, causes: ['a'] });
        const before = await store.jobs.find(KEY);
        const traces = await all(store.traces.matches({}));
        await commit(store, { touch: [touch(1003.5, { dueAt: 1008.5 })] });
        await reopen();
        expect(await store.jobs.find(KEY)).toEqual({ ...before, changedAt: 1003.5, dueAt: 1008.5 });
        expect(await all(store.traces.matches({}))).toEqual(traces);
        expect(await store.jobs.take(1008, 10)).toEqual([]);
        expect(await store.jobs.nextDue(1)).toBe(1008.5);
        expect(await only(store.jobs.take(1008.5, 10))).toMatchObject({ changedAt: 1003.5, path: '/watched/f7' });
      });

      it('comes behind the armings of its commit', async () => {
        await commit(store, { arm: [arming({ at: 1000 })], touch: [touch(1002)] });
        expect(await store.jobs.find(KEY)).toMatchObject({ armedAt: 1000, changedAt: 1002, dueAt: 1007 });
      });

      it('makes nothing due earlier, and no job of nothing', async () => {
        await arm(store, { at: 1000, dueAt: 5000 });
        await commit(store, { touch: [touch(1100), touch(1100, { key: 'lock\x008', fileId: '8' })] });
        expect(await store.jobs.find(KEY)).toMatchObject({ changedAt: 1100, dueAt: 5000 });
        expect(await all(store.jobs.list({}))).toHaveLength(1);
      });

      it('takes the path along where it is the name that was given up', async () => {
        await arm(store, { at: 1000, path: `/${HOSTILE}` });
        const path = async () => (await store.jobs.find(KEY))?.path;
        await commit(store, { touch: [touch(1001, { renames: [{ from: '/other name', to: '/else' }] })] });
        expect(await path()).toBe(`/${HOSTILE}`);
        const renames = [
          { from: `/${HOSTILE}`, to: '/a  b' },
          { from: '/a  b', to: `/c ${HOSTILE}` },
        ];
        await commit(store, { touch: [touch(1002, { renames })] });
        expect(await path()).toBe(`/c ${HOSTILE}`);
        await commit(store, { touch: [touch(1003)] });
        expect(await path()).toBe(`/c ${HOSTILE}`);
        await commit(store, { touch: [touch(1004, { renames: [{ from: `/c ${HOSTILE}`, to: '/d' }] })] });
        await reopen();
        expect(await store.jobs.find(KEY)).toMatchObject({ path: '/d', changedAt: 1004, dueAt: 1009 });
        const job = await take();
        await store.jobs.finish(job, { kind: 'dead', error: 'no' }, undefined);
        await store.jobs.retry(KEY, now());
        expect(await take()).toMatchObject({ path: '/d', changedAt: 1004 });
      });

      it('leaves a job alone that runs, was begun, is dead or is parked', async () => {
        const moved = { touch: [touch(9000, { renames: [{ from: '/watched/f7', to: '/new' }] })] };
        const isLeftAlone = async () => {
          const before = await store.jobs.find(KEY);
          expect(before).toBeDefined();
          await commit(store, moved);
          expect(await store.jobs.find(KEY)).toEqual(before);
        };
        await arm(store);
        let job = await take();
        await isLeftAlone();
        const again = { kind: 'again', dueAt: 0, failed: true, error: 'no', path: job.path } as const;
        await store.jobs.finish(job, again, undefined);
        await isLeftAlone();
        job = await take();
        await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job));
        await store.jobs.finish({ ...job, step: 1, attempts: 0 }, { ...again, failed: false }, undefined);
        await isLeftAlone();
        await store.jobs.finish(await take(), { kind: 'dead', error: 'no' }, undefined);
        await isLeftAlone();
        await store.jobs.retry(KEY, 0);
        await store.jobs.finish(await take(), { kind: 'parked', error: 'no' }, undefined);
        await isLeftAlone();
      });

      it('moves what is to run again afterwards', async () => {
        await arm(store, { at: 1000 });
        const job = await take();
        const { arming } = await arm(store, { mode: 'queued', at: 2000, path: '/old name' });
        await commit(store, { touch: [touch(2001, { renames: [{ from: '/old name', to: '/new name' }] })] });
        await commit(store, { touch: [touch(2002, { dueAt: 2500 })] });
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'running', changedAt: 1000, path: job.path });
        await store.jobs.finish(job, DONE, undefined);
        expect(await store.jobs.find(KEY)).toEqual({
          ...arming.job,
          changedAt: 2002,
          dueAt: 2500,
          path: '/new name',
          state: 'waiting',
          step: 0,
          attempts: 0,
          outputs: {},
          lastError: null,
        });
      });

      it('can be about each job that settles, which the reader of its partition is told', async () => {
        const settling = async (after: number) => {
          const found: string[] = [];
          for (let partition = 0; partition < store.log.partitions; partition += 1)
            for await (const { key, fileId, settleMs, dueAt, ref } of store.jobs.settling(partition, after))
              found.push([key, fileId, settleMs, dueAt, ref, ref === fileId ? '' : `read by ${partition}`].join(' '));
          return found.toSorted();
        };
        const at = now();
        for (const fileId of ['7', HUGE]) await arm(store, { fileId, at, settleMs: 50, dueAt: at + 50 });
        await arm(store, { fileId: '9', at, settleMs: 60, dueAt: at + 60, nameless: true, path: '/by name' });
        await arm(store, { fileId: '10', at, settleMs: 0, dueAt: at + 70 });
        await arm(store, { fileId: '11', at: at - 100, settleMs: 50, dueAt: at - 50 });
        expect(await settling(at)).toEqual([
          `lock\0${HUGE} ${HUGE} 50 ${at + 50} ${HUGE} `,
          `lock\x007 7 50 ${at + 50} 7 `,
          `lock\x009 9 60 ${at + 60} /by name read by 0`,
        ]);
        expect(await settling(at + 50)).toEqual([`lock\x009 9 60 ${at + 60} /by name read by 0`]);
        expect(await settling(0)).toHaveLength(4);
        const job = await only(store.jobs.take(at, 1));
        expect(await settling(0)).toHaveLength(3);
        const end: JobEnd = { kind: 'again', dueAt: at + 99, failed: true, error: 'no', path: job.path };
        await store.jobs.finish(job, end, undefined);
        expect(await settling(0)).toHaveLength(3);
      });

      it('can be about many', async () => {
        const arm = Array.from({ length: 1100 }, (_, n) => arming({ fileId: String(n), dueAt: 10 + (n % 3) }));
        await commit(store, { arm });
        const keys = new Set<string>();
        for (let partition = 0; partition < store.log.partitions; partition += 1)
          for await (const { key } of store.jobs.settling(partition, 10)) keys.add(key);
        expect(keys.size).toBe(arm.filter(({ arming: { job } }) => job.dueAt !== 10).length);
      });
    });

    describe('a run', () => {
      it('begins with the earliest, for one worker, so many at a time', async () => {
        const ids = ['11', '12', '13', '14', '15', '16', '17', '18', '19'];
        for (const [n, fileId] of ids.entries()) await arm(store, { fileId, dueAt: 900 - n * 10 });
        expect(await store.jobs.take(819, 10)).toEqual([]);
        expect(await store.jobs.take(now(), 0)).toEqual([]);
        const first = await store.jobs.take(860, 3);
        expect(first.map(({ fileId }) => fileId)).toEqual(['19', '18', '17']);
        expect(first.every(({ state }) => state === 'running')).toBe(true);
        const [second, third] = await Promise.all([store.jobs.take(now(), 4), store.jobs.take(now(), 10)]);
        const later = [...second, ...third].map(({ fileId }) => fileId);
        expect(later.toSorted()).toEqual(ids.slice(0, 6));
        expect(second).toHaveLength(4);
        expect(await store.jobs.take(now(), 10)).toEqual([]);
      });

      it('of others changes nothing for those that are due and wait: they are still moved, armed anew, and cancelled', async () => {
        const key = (fileId: string) => `lock\x00${fileId}`;
        const due = ['1', '2', '3', '4'].map((fileId, n) =>
          arming({ fileId, key: key(fileId), at: 1000, dueAt: 1000 + n }),
        );
        await commit(store, { arm: due });
        const [first] = await store.jobs.take(2000, 1);
        expect(first?.key).toBe(key('1'));
        const anew = arming({ fileId: '3', key: key('3'), at: 1500, dueAt: 1500, path: '/new place' });
        await commit(store, { touch: [touch(1900, { key: key('2'), fileId: '2', dueAt: 3000 })], arm: [anew] });
        expect(await store.jobs.cancel(key('4'), 'why', 2000)).toBe(true);
        const then = await store.jobs.take(2000, 10);
        expect(then.map(({ key, path, dueAt }) => [key, path, dueAt])).toEqual([[key('3'), '/new place', 1500]]);
        expect((await store.jobs.take(3000, 10)).map((job) => job.key)).toEqual([key('2')]);
      });

      it('keeps what its steps did', async () => {
        await arm(store);
        const job = await take();
        const output = { action: 'move', values: { path: `/${HOSTILE}` } };
        const record = attempt(job);
        expect(await store.jobs.stepDone(job, { step: 1, path: '/there', output }, record)).toBe(false);
        const next = { ...job, step: 1, path: '/there', outputs: { move: output.values } };
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'running', step: 1, path: '/there' });
        await store.jobs.stepDone(next, { step: 2, path: '/there' }, attempt(next, { note: HOSTILE }));
        await reopen();
        const found = await take();
        expect(found).toMatchObject({ step: 2, path: '/there', outputs: { move: output.values }, attempts: 0 });
        expect(await store.traces.attempts(job.match)).toEqual([record, attempt(next, { note: HOSTILE })]);
      });

      it('that is done leaves its trace alone', async () => {
        await arm(store);
        const job = await take();
        await store.jobs.finish(job, DONE, attempt(job));
        await reopen();
        expect(await store.jobs.find(KEY)).toBeUndefined();
        expect(await store.traces.attempts(job.match)).toEqual([attempt(job)]);
      });

      it('may come again, failed or not', async () => {
        await arm(store);
        const job = await take();
        const end: JobEnd = { kind: 'again', dueAt: now() + 500, failed: true, error: 'busy', path: '/moved' };
        await store.jobs.finish(job, end, attempt(job, { outcome: 'transient' }));
        expect(await store.jobs.take(now(), 10)).toEqual([]);
        await reopen();
        expect(await store.jobs.find(KEY)).toMatchObject({
          state: 'waiting',
          attempts: 1,
          lastError: 'busy',
          path: '/moved',
        });
        await harness.clock.advance(500);
        const second = await take();
        await store.jobs.finish(
          second,
          { kind: 'again', dueAt: now(), failed: false, error: null, path: '/moved' },
          undefined,
        );
        const third = await take();
        expect(third).toMatchObject({ attempts: 1, lastError: null });
        await store.jobs.stepDone(third, { step: 1, path: '/moved' }, attempt(third));
        expect(await store.jobs.find(KEY)).toMatchObject({ attempts: 0, step: 1 });
      });

      it.each(['dead', 'parked'] as const)('that ends %s waits for a person, who may try again', async (kind) => {
        await arm(store);
        const job = await take();
        await store.jobs.stepDone(job, { step: 1, path: job.path }, attempt(job));
        expect(await store.jobs.retry(KEY, now())).toBe(false);
        await store.jobs.finish({ ...job, step: 1, attempts: 3 }, { kind, error: HOSTILE }, undefined);
        await reopen();
        expect(await store.jobs.take(1e15, 10)).toEqual([]);
        expect(await store.jobs.find(KEY)).toMatchObject({
          state: kind,
          dueAt: null,
          step: 1,
          attempts: 4,
          lastError: HOSTILE,
        });
        expect(await store.jobs.retry(KEY, now())).toBe(true);
        expect(await store.jobs.retry(KEY, now())).toBe(false);
        expect(await store.jobs.retry('none', now())).toBe(false);
        await reopen();
        expect(await take()).toMatchObject({ step: 1, attempts: 0 });
      });

      it('that is parked stays parked whatever came meanwhile; the rest is looked at when it is tried again', async () => {
        await arm(store);
        const job = await take();
        const { trace } = await arm(store);
        await store.jobs.finish(job, { kind: 'parked', error: 'a loop' }, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'parked', match: job.match });
        await store.jobs.retry(KEY, now());
        await store.jobs.finish(await take(), DONE, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'waiting', match: trace.match });
      });

      it('may be given back untouched', async () => {
        await arm(store);
        const job = await take();
        await store.jobs.release(job);
        const again = await take();
        expect({ ...again, lease: '' }).toEqual({ ...job, lease: '' });
      });

      it('that has ended, or was given back, changes nothing any more', async () => {
        await arm(store);
        const old = await take();
        await store.jobs.release(old);
        const job = await take();
        expect(await store.jobs.stepDone(old, { step: 5, path: '/old' }, attempt(old))).toBe(true);
        await store.jobs.finish(old, DONE, attempt(old));
        await store.jobs.release(old);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'running', step: 0 });
        expect(await store.traces.attempts(job.match)).toEqual([]);
        expect(await store.jobs.take(now(), 10)).toEqual([]);
        await store.jobs.finish(job, DONE, undefined);
        await arm(store);
        await store.jobs.finish(job, DONE, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'waiting' });
      });

      it('of a process that died is begun anew, and the dead one changes nothing any more', async () => {
        await arm(store);
        const old = await take();
        const { trace } = await arm(store, { mode: 'queued' });
        await reopen();
        const job = await take();
        expect(job).toMatchObject({ match: old.match, step: 0 });
        await store.jobs.finish(old, DONE, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'running' });
        await store.jobs.finish(job, DONE, undefined);
        expect(await store.jobs.find(KEY)).toMatchObject({ state: 'waiting', match: trace.match });
      });

      it('of a store that is closed is free at once', async () => {
        await arm(store);
        await take();
        await store.close();
        await expect(store.jobs.take(now(), 1)).rejects.toMatchObject({ name: 'StateError', kind: 'closed' });
        await reopen();
        await take();
      });
    });

    describe('jobs', () => {
      it('say when the next one is due', async () => {
        expect(await store.jobs.nextDue(0)).toBeUndefined();
        await arm(store, { fileId: '7', dueAt: 500 });
        await arm(store, { fileId: '8', dueAt: 300.25 });
        expect(await store.jobs.nextDue(0)).toBe(300.25);
        expect(await store.jobs.nextDue(300.25)).toBe(500);
        expect(await store.jobs.nextDue(500)).toBeUndefined();
      });

      it('tell that there may be some', async () => {
        const news = () =>
          new Promise<string>((resolve) => {
            const end = store.jobs.onNews(() => {
              end();
              resolve('heard');
            });
          });
        let heard = news();
        await arm(store);
        expect(await heard).toBe('heard');
        const job = await take();
        heard = news();
        await store.jobs.release(job);
        expect(await heard).toBe('heard');
        await store.jobs.finish(await take(), { kind: 'dead', error: 'no' }, undefined);
        heard = news();
        await store.jobs.retry(KEY, now());
        expect(await heard).toBe('heard');
      });

      it('are counted by state', async () => {
        for (const [n, fileId] of ['1', '2', '3', '4', '5', '6'].entries())
          await arm(store, { fileId, dueAt: 100 + n });
        const taken = await store.jobs.take(102, 10);
        const [a, b, c] = taken;
        if (a === undefined || b === undefined || c === undefined) throw new Error('three were due');
        await store.jobs.finish(a, { kind: 'dead', error: '' }, undefined);
        await store.jobs.finish(b, { kind: 'parked', error: '' }, undefined);
        expect(await store.jobs.counts(104)).toEqual({ waiting: 1, due: 2, running: 1, dead: 1, parked: 1 });
        await reopen();
        expect(await store.jobs.counts(104)).toEqual({ waiting: 1, due: 3, running: 0, dead: 1, parked: 1 });
      });

      it('are listed, earliest first, by state, rule, file and place', async () => {
        await arm(store, { fileId: '1', rule: 'a', dueAt: 300, path: '/w/x' });
        await arm(store, { fileId: '1', rule: 'b', dueAt: 100, path: '/w/x' });
        await arm(store, { fileId: '2', rule: 'a', dueAt: 200, path: '/w/x/y' });
        await arm(store, { fileId: '3', rule: 'a', dueAt: 50, path: '/w/xy' });
        await arm(store, { fileId: '4', rule: 'c', dueAt: 10, path: '/v' });
        for (const job of await store.jobs.take(50, 10))
          if (job.fileId === '4') await store.jobs.finish(job, { kind: 'dead', error: '' }, undefined);
        const list = async (filter: Parameters<QueueStore['jobs']['list']>[0]) =>
          (await all(store.jobs.list(filter))).map(({ rule, fileId, state }) => `${rule}${fileId} ${state}`);
        const everything = ['a3 running', 'b1 waiting', 'a2 waiting', 'a1 waiting', 'c4 dead'];
        expect(await list({})).toEqual(everything);
        expect(await list({ limit: 2 })).toEqual(everything.slice(0, 2));
        expect(await list({ states: ['dead', 'running'] })).toEqual(['a3 running', 'c4 dead']);
        expect(await list({ states: ['waiting'], limit: 2 })).toEqual(['b1 waiting', 'a2 waiting']);
        expect(await list({ states: [] })).toEqual([]);
        expect(await list({ rule: 'a' })).toEqual(['a3 running', 'a2 waiting', 'a1 waiting']);
        expect(await list({ fileId: '1' })).toEqual(['b1 waiting', 'a1 waiting']);
        expect(await list({ under: '/w/x' })).toEqual(['b1 waiting', 'a2 waiting', 'a1 waiting']);
        expect(await list({ under: '/w/x/', rule: 'a', fileId: '2' })).toEqual(['a2 waiting']);
        expect(await list({ under: '/' })).toEqual(everything);
        expect(await list({ rule: 'none' })).toEqual([]);
      });

      it('are listed although there are many', async () => {
        const arm = Array.from({ length: 1100 }, (_, n) => arming({ fileId: String(n), dueAt: n % 3 }));
        await commit(store, { arm });
        const listed = await all(store.jobs.list({}));
        expect(new Set(listed.map(({ key }) => key)).size).toBe(1100);
        expect(listed.map(({ dueAt }) => dueAt)).toEqual(arm.map((_, n) => n % 3).sort((a, b) => a - b));
        expect(await store.jobs.take(1, 2000)).toHaveLength(734);
        expect(await all(store.jobs.list({ states: ['running'] }))).toHaveLength(734);
      });

      it('can be cancelled unless they run, and that is noted', async () => {
        await arm(store);
        const job = await take();
        expect(await store.jobs.cancel(KEY, 'why', now())).toBe(false);
        await store.jobs.release(job);
        expect(await store.jobs.cancel(KEY, HOSTILE, 77)).toBe(true);
        expect(await store.jobs.cancel(KEY, 'why', now())).toBe(false);
        await reopen();
        expect(await store.jobs.find(KEY)).toBeUndefined();
        expect(await store.jobs.take(1e15, 10)).toEqual([]);
        expect(await store.traces.attempts(job.match)).toEqual([
          attempt(job, { at: 77, action: '', attempt: 0, outcome: 'cancelled', note: HOSTILE, tookMs: 0 }),
        ]);
      });

      it('that are dead or parked can be cancelled', async () => {
        for (const kind of ['dead', 'parked'] as const) {
          await arm(store);
          await store.jobs.finish(await take(), { kind, error: 'no' }, undefined);
          expect(await store.jobs.cancel(KEY, 'why', now())).toBe(true);
          expect(await store.jobs.counts(now())).toMatchObject({ dead: 0, parked: 0 });
        }
      });
    });

    describe('traces', () => {
      it('are found by file, path now and before, rule and time, newest first', async () => {
        const at = (n: number, fileId: string, path: string, rule = 'lock') =>
          trace({ fileId, path, rule, at: 100 + n });
        const [a, b, c] = [at(1, '1', '/a'), at(2, '1', '/b'), at(3, '2', '/a', 'tag')];
        const moved = { ...b, change: { ...b.change, movedFrom: '/a' } };
        await commit(store, { traces: [a, moved, c] });
        await reopen();
        const found = async (query: Parameters<QueueStore['traces']['matches']>[0]) =>
          await all(store.traces.matches(query));
        expect(await found({})).toEqual([c, moved, a]);
        expect(await found({ limit: 2 })).toEqual([c, moved]);
        expect(await found({ fileId: '1' })).toEqual([moved, a]);
        expect(await found({ path: '/a' })).toEqual([c, moved, a]);
        expect(await found({ path: '/b' })).toEqual([moved]);
        expect(await found({ rule: 'tag' })).toEqual([c]);
        expect(await found({ since: 102 })).toEqual([c, moved]);
        expect(await found({ fileId: '1', rule: 'lock', path: '/a', since: 102 })).toEqual([moved]);
        expect(await found({ path: '/' })).toEqual([]);
      });

      it('are all given although there are many', async () => {
        const traces = Array.from({ length: 1100 }, (_, n) => trace({ fileId: String(n % 7), at: n % 5 }));
        await commit(store, { traces });
        const found = await all(store.traces.matches({}));
        expect(new Set(found.map(({ match }) => match)).size).toBe(1100);
        expect(found.map(({ at }) => at)).toEqual(traces.map(({ at }) => at).sort((a, b) => b - a));
        expect(await all(store.traces.matches({ fileId: '3' }))).toHaveLength(157);
      });

      it('are kept once', async () => {
        const first = trace({ fileId: '1' });
        await commit(store, { traces: [first, { ...first, verdict: 'other' }] });
        await commit(store, { traces: [{ ...first, verdict: 'third' }] });
        expect(await all(store.traces.matches({}))).toEqual([first]);
      });

      it('are forgotten when they are old, but those of jobs that are still there', async () => {
        const old = trace({ fileId: '1', at: 100 });
        const young = trace({ fileId: '1', at: 5000 });
        const kept = arming({ fileId: '2', at: 100 });
        const gone = arming({ fileId: '3', at: 100, dueAt: 1 });
        await commit(store, { arm: [kept, gone], touch: [], traces: [old, young] });
        const job = await only(store.jobs.take(1, 10));
        await store.jobs.finish(job, DONE, attempt(job));
        expect(await store.traces.prune(5000)).toBe(2);
        expect((await all(store.traces.matches({}))).map(({ match }) => match)).toEqual([
          young.match,
          kept.trace.match,
        ]);
        expect(await all(store.traces.matches({ path: old.change.path }))).toEqual([young]);
        expect(await store.traces.attempts(job.match)).toEqual([]);
        expect(await store.traces.prune(5000)).toBe(0);
        expect(await store.traces.prune(5001)).toBe(1);
      });
    });

    describe('expectations', () => {
      it('outlive a crash, until they are met, withdrawn or too old', async () => {
        const expectation = (fileId: string, expiresAt: number) => ({
          fileId,
          type: 'child_file_moved_to',
          causes: ['a', HOSTILE],
          expiresAt,
        });
        const expected = [expectation('1', 900), expectation(HUGE, 900), expectation('3', 900), expectation('4', 100)];
        const ids = await store.expectations.add(expected);
        expect(new Set(ids).size).toBe(4);
        expect(ids.every(Number.isSafeInteger)).toBe(true);
        await reopen();
        const open = await store.expectations.open(100);
        expect(open.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))).toEqual(
          expected.map((one, n) => ({ ...one, id: ids[n] })),
        );
        await store.expectations.withdraw([ids[2] ?? 0]);
        await store.expectations.withdraw([]);
        await commit(store, { met: [ids[1] ?? 0] });
        expect((await store.expectations.open(101)).map(({ id }) => id)).toEqual([ids[0]]);
        const [next] = await store.expectations.add([expectation('1', 900)]);
        expect(ids).not.toContain(next);
        expect(await store.expectations.add([])).toEqual([]);
      });
    });

    describe('coverage', () => {
      const WATCH = { directoryId: '2', recursive: true, path: '/' };

      it('says until when all was seen: the last batch of the last epoch whose gap was closed, over a crash', async () => {
        let coverage = await store.coverage(WATCH);
        expect(await coverage.seenUntil()).toBeUndefined();
        const first = await coverage.openEpoch(1000);
        await coverage.registered(first, 1010);
        expect(await coverage.seenUntil()).toBeUndefined();
        await coverage.gapClosed(first, 'start', 1020);
        expect(await coverage.seenUntil()).toBe(1010);
        await store.log.append({ ...batch(1500, [event('7')]), epoch: first, source: 'stream' });
        await store.log.append({ ...batch(1600, [event('8')]), epoch: first, source: 'catch-up' });
        expect(await coverage.seenUntil()).toBe(1500);
        await reopen();
        coverage = await store.coverage(WATCH);
        expect(await coverage.seenUntil()).toBe(1500);
        const second = await coverage.openEpoch(2000);
        await coverage.registered(second, 2010);
        await store.log.append({ ...batch(2500, [event('7')]), epoch: second, source: 'stream' });
        // Its gap is open: what happened between 1500 and 2010 may not have been seen.
        expect(await coverage.seenUntil()).toBe(1500);
        await coverage.gapClosed(second, 'walk', 2600);
        expect(await coverage.seenUntil()).toBe(2500);
        expect(await all(coverage.epochs())).toMatchObject([
          // Events of streams that nobody has counted at their end, of the stream alone.
          { epoch: first, endReason: 'killed', gapClosedBy: 'start', events: 1 },
          { epoch: second, registeredAt: 2010, endedAt: null, gapClosedBy: 'walk', gapClosedAt: 2600, events: 1 },
        ]);
        await coverage.ended(second, 2700, 'closed', 12);
        expect((await all(coverage.epochs())).at(-1)).toMatchObject({ endedAt: 2700, endReason: 'closed', events: 12 });
        expect(await (await store.coverage({ ...WATCH, recursive: false })).seenUntil()).toBeUndefined();
      });
    });

    describe('what is kept', () => {
      it('is of one cluster, the first that was named, also after a crash', async () => {
        await store.claimFor('one');
        await store.claimFor('one');
        await reopen();
        await store.claimFor('one');
        await expect(store.claimFor('two')).rejects.toMatchObject({ kind: 'other-cluster' });
      });

      it('has the text of each rule set as it was first', async () => {
        expect(await store.ruleSet('h1')).toBeUndefined();
        await store.keepRuleSet('h1', HOSTILE, 1);
        await store.keepRuleSet('h1', 'other', 2);
        await store.keepRuleSet('h2', '', 2);
        await reopen();
        expect(await store.ruleSet('h1')).toBe(HOSTILE);
        expect(await store.ruleSet('h2')).toBe('');
      });

      it('has ids of 64 bits', async () => {
        const ids = [HUGE, '18446744065119617024', '9007199254740993', '9007199254740992', '0', '007', '7'];
        for (const fileId of ids) await arm(store, { fileId });
        await reopen();
        for (const fileId of ids) {
          expect(await store.jobs.find(`lock\0${fileId}`)).toMatchObject({ fileId });
          expect((await only(store.jobs.list({ fileId }))).key).toBe(`lock\0${fileId}`);
          expect((await only(store.traces.matches({ fileId }))).change.fileId).toBe(fileId);
        }
        expect(await store.jobs.take(now(), 10)).toHaveLength(ids.length);
      });

      it('has hostile names as they are, and tells one from another', async () => {
        const names = [HOSTILE, '\ud83d', '\udc00', '\ufffd', '\0"\\ud83d"', "'; --", ' ', '\0', '\n'];
        for (const [n, path] of names.entries()) {
          const options = { fileId: `f${path}`, rule: path, path: `/${path}`, match: `m${path}`, ruleSet: path };
          const armed = await arm(store, { ...options, dueAt: n, causes: [path] });
          expect(await verdictOf(store, armed.trace.match)).toBe('armed');
        }
        await reopen();
        const taken = await store.jobs.take(now(), 20);
        expect(taken.map(({ rule }) => rule)).toEqual(names);
        for (const [n, job] of taken.entries()) {
          const path = names[n] ?? '';
          expect(job).toMatchObject({ key: `${path}\0f${path}`, path: `/${path}`, ruleSet: path, causes: [path] });
          expect(await store.jobs.find(job.key)).toMatchObject({ rule: path, state: 'running' });
          expect((await only(store.jobs.list({ rule: path }))).key).toBe(job.key);
          expect((await only(store.jobs.list({ under: `/${path}` }))).key).toBe(job.key);
          expect((await only(store.traces.matches({ path: `/${path}` }))).match).toBe(`m${path}`);
          const output = { action: path, values: { [path]: path } };
          await store.jobs.stepDone(job, { step: 1, path: `/${path}`, output }, attempt(job, { note: path }));
          expect(await store.jobs.find(job.key)).toMatchObject({ outputs: { [path]: { [path]: path } } });
          expect((await only(store.traces.attempts(job.match))).note).toBe(path);
          await store.jobs.finish({ ...job, step: 1 }, DONE, undefined);
        }
        expect(await all(store.jobs.list({}))).toEqual([]);
      });

      it('has times to the fraction of a millisecond', async () => {
        const at = 1_764_086_400_123.456;
        await store.log.append(batch(at, [event('7')]));
        await arm(store, { at, dueAt: at });
        await reopen();
        const { entries } = await only(unread(store));
        expect(entries[0]?.receivedAt).toBe(at);
        expect(await store.jobs.find(KEY)).toMatchObject({ armedAt: at, dueAt: at, changedAt: at });
        expect(await store.jobs.nextDue(at - 0.001)).toBe(at);
        expect((await only(store.traces.matches({ since: at }))).at).toBe(at);
      });
    });

    it('rejects everything once it is closed', async () => {
      const waiting = store.log.more(0, '', new AbortController().signal);
      await store.close();
      await store.close();
      await waiting;
      const closed = { name: 'StateError', kind: 'closed' };
      await expect(store.log.append(batch(1, [event('7')]))).rejects.toMatchObject(closed);
      await expect(store.log.read(0, '', 1)).rejects.toMatchObject(closed);
      await expect(store.log.lag()).rejects.toMatchObject(closed);
      await expect(all(store.log.history({}))).rejects.toMatchObject(closed);
      await expect(store.reader(0)).rejects.toMatchObject(closed);
      await expect(arm(store)).rejects.toMatchObject(closed);
      await expect(store.jobs.find(KEY)).rejects.toMatchObject(closed);
      await expect(store.jobs.counts(1)).rejects.toMatchObject(closed);
      await expect(all(store.jobs.settling(0, 0))).rejects.toMatchObject(closed);
      await expect(all(store.jobs.list({}))).rejects.toMatchObject(closed);
      await expect(all(store.traces.matches({}))).rejects.toMatchObject(closed);
      await expect(store.traces.attempts('m')).rejects.toMatchObject(closed);
      await expect(store.expectations.open(1)).rejects.toMatchObject(closed);
      await expect(store.ruleSet('h')).rejects.toMatchObject(closed);
    });

    lockLedgerContract(open, model.runs);
    queueStoreModel(open, model.runs);
  });
}

async function fill(store: QueueStore, count: number, about: (n: number) => { at: number }): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => store.log.append(batch(about(n).at, [event('7', 'x')]))));
}
