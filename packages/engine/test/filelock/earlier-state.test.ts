import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/stores/sqlite/schema.ts';
import { Rig } from '../support/rig.ts';

let rig = new Rig();
afterEach(async () => {
  await rig.crash();
  rig.dispose();
  rig = new Rig();
});

/** The state of an earlier release that has watched until now, and knew these files. */
function earlierState(files: readonly { readonly path: string; readonly matched: boolean }[]): void {
  const { cluster, clock, stateDir } = rig;
  const db = new DatabaseSync(join(stateDir, 'qwarden.sqlite'));
  for (const step of MIGRATIONS.slice(0, 2)) db.exec(step);
  const now = clock.now();
  db.exec('PRAGMA user_version = 2');
  db.prepare("INSERT INTO watch VALUES (1, ?, 1, '/records', ?, ?, ?, 1)").run(
    cluster.tree.get('/records').id,
    now,
    now,
    now,
  );
  db.exec("INSERT INTO rule VALUES (1, 1, 'filelock /records --retention 1y', '{}', 5)");
  db.exec(`INSERT INTO epoch VALUES (1, 1, ${now}, ${now}, ${now}, 'aborted', 0, 'baseline', ${now})`);
  const add = db.prepare(
    'INSERT INTO file VALUES (1, ?, ?, 0, 6, ?, 1, ?, ?, ?, NULL, NULL, NULL, 0, 0, 1, NULL, NULL)',
  );
  for (const { path, matched } of files) {
    const { id, btime } = cluster.tree.get(`/records/${path}`);
    add.run(Number(id), path, matched ? 1 : 0, new Date(btime).toISOString(), now, now);
  }
  db.close();
}

it('what an earlier release knew is not new when it was renamed before this one first ran, but where that left it out', async () => {
  for (const path of ['/records/d', '/records/e']) rig.cluster.mkdir(path);
  for (const path of ['a.pdf', 'b.tmp', 'd/in.pdf', 'e/deep.pdf', 'same.pdf']) rig.cluster.create(`/records/${path}`);
  await rig.clock.advance(3_600_000);
  const matched = ['a.pdf', 'd/in.pdf', 'e/deep.pdf', 'same.pdf'].map((path) => ({ path, matched: true }));
  earlierState([...matched, { path: 'b.tmp', matched: false }]);
  await rig.clock.advance(60_000);
  rig.cluster.rename('/records/a.pdf', '/records/a2.pdf');
  rig.cluster.rename('/records/b.tmp', '/records/b.pdf');
  rig.cluster.rename('/records/d/in.pdf', '/records/in.pdf');
  rig.cluster.rename('/records/e', '/records/e2');
  rig.cluster.create('/records/new.pdf');
  await rig.start();
  await rig.clock.advance(60_000);
  expect(rig.paths('locked')).toEqual(['/records/b.pdf', '/records/new.pdf']);
  expect(rig.of('no-inventory')).toMatchObject([{ message: expect.stringContaining('There is no inventory') }]);
  rig.cluster.rename('/records/a2.pdf', '/records/a3.pdf');
  await rig.clock.advance(60_000);
  expect(rig.paths('locked')).toHaveLength(2);
});
