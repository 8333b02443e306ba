import * as fc from 'fast-check';
import { assert, describe, expect, it } from 'vitest';
import type { Change } from '../../src/events/change.ts';
import { Settling } from '../../src/monitor/settling.ts';
import type { Arming, Touch } from '../../src/queue/port.ts';

const NEVER = Number.MAX_SAFE_INTEGER;

function change(fileId: string, at: number, more: Partial<Change> = {}): Change {
  const path = `/f${fileId}`;
  const about = { id: `1.${at}`, fileId, path, movedFrom: null, kind: 'file', stream: null, at, lineage: 0 } as const;
  return { ...about, type: 'child_data_written', ...more };
}

interface Job {
  readonly rule: string;
  readonly fileId: string;
  readonly at: number;
  readonly settleMs: number;
  readonly key?: string;
  /** The change came without a file id. */
  readonly nameless?: boolean;
}

function arming({ rule, fileId, at, settleMs, key, nameless = false }: Job): Arming {
  const made = nameless ? change('', at, { path: `/f${fileId}` }) : change(fileId, at);
  return {
    mode: 'restart',
    job: {
      key: key ?? `${rule}\0${fileId}`,
      rule,
      ruleSet: 's',
      fileId,
      path: `/f${fileId}`,
      change: made,
      match: 'm',
      armedAt: at,
      changedAt: at,
      settleMs,
      dueAt: at + settleMs,
      causes: [],
    },
  };
}

const told = (touches: readonly Touch[]) =>
  touches.map(({ key, dueAt }) => `${key.replace('\0', ' ')} ${dueAt}`).sort();

describe('jobs that settle', () => {
  it('are touched by each change of the content, once for all that came, until they are due', () => {
    const settling = new Settling();
    settling.armed(arming({ rule: 'a', fileId: '7', at: 1000, settleMs: 100 }));
    settling.armed(arming({ rule: 'b', fileId: '7', at: 1000, settleMs: 30 }));
    settling.armed(arming({ rule: 'a', fileId: '8', at: 1000, settleMs: 100 }));
    settling.armed(arming({ rule: 'c', fileId: '7', at: 1000, settleMs: 0 }));
    settling.changed(change('7', 1010), NEVER);
    settling.changed(change('7', 1020, { type: 'child_mtime_changed' }), NEVER);
    expect(settling.take()).toMatchObject([
      { key: 'a\x007', fileId: '7', changedAt: 1020, dueAt: 1120, renames: [] },
      { key: 'b\x007', fileId: '7', changedAt: 1020, dueAt: 1050, renames: [] },
    ]);
    expect(settling.take()).toEqual([]);
    settling.changed(change('7', 1050), NEVER);
    expect(told(settling.take())).toEqual(['a 7 1150']);
  });

  it.each(['child_atime_changed', 'child_acl_changed', 'child_file_removed', 'child_extra_attrs_changed'] as const)(
    'are not touched by %s',
    (type) => {
      const settling = new Settling();
      settling.armed(arming({ rule: 'a', fileId: '7', at: 1000, settleMs: 100 }));
      settling.changed(change('7', 1010, { type }), NEVER);
      expect(settling.take()).toEqual([]);
    },
  );

  it('are not touched by effects of our own', () => {
    const settling = new Settling();
    settling.armed(arming({ rule: 'a', fileId: '7', at: 1000, settleMs: 100 }));
    settling.changed(change('7', 1010, { causes: ['b'], lineage: 1 }), NEVER);
    expect(settling.take()).toEqual([]);
  });

  it('are not touched by what has armed them, or came before it', () => {
    const settling = new Settling();
    settling.armed(arming({ rule: 'a', fileId: '7', at: 1000, settleMs: 100 }));
    settling.changed(change('7', 1000), NEVER);
    expect(settling.take()).toEqual([]);
    settling.changed(change('7', 1010), NEVER);
    settling.armed(arming({ rule: 'a', fileId: '7', at: 1020, settleMs: 100 }));
    settling.changed(change('7', 1020), NEVER);
    expect(settling.take()).toEqual([]);
  });

  it('go along with a rename, and settle from the local clock when the change is said to be from later', () => {
    const settling = new Settling();
    settling.armed(arming({ rule: 'a', fileId: '7', at: 1000, settleMs: 100 }));
    settling.changed(change('7', 1000, { type: 'child_file_renamed', movedFrom: '/f7', path: '/g' }), NEVER);
    settling.changed(change('7', 9000, { type: 'child_file_renamed', movedFrom: '/g', path: '/h' }), 1010);
    const renames = [
      { from: '/f7', to: '/g' },
      { from: '/g', to: '/h' },
    ];
    expect(settling.take()).toMatchObject([{ key: 'a\x007', fileId: '7', changedAt: 9000, dueAt: 1110, renames }]);
  });

  it('of changes without a file id are known by their path', () => {
    const settling = new Settling();
    settling.armed(arming({ rule: 'a', fileId: '7', at: 1000, settleMs: 100, nameless: true }));
    settling.changed(change('7', 1010), NEVER);
    expect(settling.take()).toEqual([]);
    settling.changed(change('', 1010, { path: '/f7' }), NEVER);
    expect(settling.take()).toMatchObject([{ key: 'a\x007', fileId: '7', dueAt: 1110 }]);
  });

  it('come from a store, and are let go when they are due', async () => {
    const settling = new Settling();
    const at = 1000;
    const jobs = Array.from({ length: 3000 }, (_, n) => ({ rule: 'a', fileId: `${n}`, settleMs: 50, ref: `${n}` }));
    await settling.load(
      (async function* () {
        for (const job of jobs)
          yield { ...job, key: `a\0${job.fileId}${Number(job.fileId) % 3 === 0 ? '#1' : ''}`, dueAt: at + 50 };
      })(),
    );
    expect(settling.size).toBe(3000);
    settling.changed(change('3', 1010), NEVER);
    settling.changed(change('4', 1010), NEVER);
    expect(told(settling.take())).toEqual(['a 3#1 1060', 'a 4 1060']);
    const later = await Promise.all([1049, 1050, 1060].map((time) => settling.countLaterThan(time)));
    expect(later).toEqual([3000, 2, 0]);
    for (let n = 0; n < 300; n += 1) settling.forget(1050);
    expect(settling.size).toBe(2);
    for (let n = 0; n < 300; n += 1) settling.forget(1060);
    expect(settling.size).toBe(0);
  });

  it('are as a list of them would have it, whatever comes', () => {
    const ids = [
      '0',
      '7',
      '07',
      '18446744065119617025',
      '18446744065119617024',
      '9007199254740993',
      'x',
      '4294967303',
      '',
    ];
    const step = fc.record({
      do: fc.constantFrom('arm' as const, 'arm' as const, 'change' as const, 'forget' as const),
      id: fc.oneof(fc.constantFrom(...ids), fc.nat(400).map(String)),
      rule: fc.constantFrom('a', 'b'),
      settleMs: fc.constantFrom(1, 40, 200),
      after: fc.nat(15),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const settling = new Settling();
        const known = new Map<string, { id: string; settleMs: number; dueAt: number }>();
        const expected = new Map<string, string>();
        let at = 1000;
        const forget = (past: number) => {
          for (let n = 0; n < 900; n += 1) settling.forget(past);
        };
        for (const { do: what, id, rule, settleMs, after } of steps) {
          at += after;
          if (what === 'forget') forget(at);
          if (what === 'arm') {
            settling.armed(arming({ rule, fileId: id, at, settleMs }));
            known.set(`${rule} ${id}`, { id, settleMs, dueAt: at + settleMs });
            expected.delete(`${rule} ${id}`);
          }
          if (what !== 'change') continue;
          settling.changed(change(id, at, id === '' ? { path: '/f' } : {}), NEVER);
          for (const [key, job] of known) {
            if (job.id !== id || job.dueAt <= at || at + job.settleMs <= job.dueAt) continue;
            job.dueAt = at + job.settleMs;
            expected.set(key, `${key} ${job.dueAt}`);
          }
        }
        assert.deepEqual(told(settling.take()), [...expected.values()].sort());
        forget(at);
        assert.isAtLeast(settling.size, [...known.values()].filter(({ dueAt }) => dueAt > at).length);
        forget(at + 200);
        assert.equal(settling.size, 0);
      }),
      { numRuns: 60 },
    );
  });
});
