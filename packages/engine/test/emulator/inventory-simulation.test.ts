import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/events/change.ts';
import { InventoryWorld } from '../support/inventory-world.ts';
import { seeded } from '../support/random.ts';

const STEPS = 70;
const SEEDS = Number(process.env['QWARDEN_SIMULATION_SEEDS'] ?? 6);
const FIRST = Number(process.env['QWARDEN_SIMULATION_FIRST'] ?? 1);
const RULES = 'version: 1\nrules: [{ name: all, on: [any], settle: 0s, do: [{ log: {} }] }]\n';

/**
 * People work, the stream is cut, the monitor is stopped and started, all by the dice of one seed. At rest: the inventory is the tree, and
 * each object has come and gone as often as the reader was told, never twice in a row. On a failure run that seed alone:
 * `QWARDEN_SIMULATION_FIRST=17 QWARDEN_SIMULATION_SEEDS=1`.
 */
describe('the inventory after whatever happened', () => {
  it.concurrent.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
    'seed %i',
    async (seed) => {
      const world = await InventoryWorld.open(seeded(seed));
      const { live } = world;
      try {
        for (let n = 0; n < 12; n += 1) world.before();
        live.emulator.clock.move(60_000);
        const before = world.tree();
        await live.start(RULES, { ref: '/w' });
        for (let step = 0; step < STEPS; step += 1) await world.step(RULES);
        await world.rest();
        const tree = world.tree();
        const changes = live.of('matched').map(({ change }) => change);
        await live.stop();
        const { names, baseline } = await world.inventory();
        expect(names).toEqual([...tree.values()].flat().sort());
        comeAndGo(changes, before, tree, world.linked);
        // What was only written, renamed or given other rights was there before.
        const came = new Set(changes.filter(isArrival).map(({ fileId }) => fileId));
        for (const id of tree.keys()) if (before.has(id) && !came.has(id)) expect(baseline).toContain(id);
        for (const id of baseline) expect(before.has(id)).toBe(true);
      } catch (error) {
        throw new Error(world.story(), { cause: error });
      } finally {
        await live.dispose();
      }
    },
    60_000,
  );
});

/** Arrivals and departures of each object take turns, and end with what is there. */
function comeAndGo(
  changes: readonly Change[],
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
  linked: ReadonlySet<string>,
): void {
  const state = new Map<string, { at: string; is: 'in' | 'out' }>();
  for (const [id, [path = '']] of before) state.set(id, { at: path, is: 'in' });
  for (const change of changes) {
    const { fileId, path, type } = change;
    if (linked.has(fileId)) continue;
    const now = state.get(fileId);
    if (isArrival(change)) {
      if (now?.is === 'in') throw new Error(`${fileId} has come twice: ${story(changes, fileId, now.at)}`);
      state.set(fileId, { at: path, is: 'in' });
    } else if (/_(?:removed|moved_from)$/.test(type)) {
      if (now?.is === 'out') throw new Error(`${fileId} has gone twice: ${story(changes, fileId, now.at)}`);
      state.set(fileId, { at: path, is: 'out' });
      // What is in a directory goes with it, and nobody tells.
      for (const [id, one] of state) if (one.at.startsWith(`${path}/`)) state.delete(id);
    } else if (/_renamed$/.test(type)) {
      if (now?.is === 'in') state.set(fileId, { at: path, is: 'in' });
      const old = change.movedFrom ?? path;
      for (const [id, one] of state)
        if (one.at.startsWith(`${old}/`)) state.set(id, { ...one, at: path + one.at.slice(old.length) });
    }
  }
  const isIn = (id: string) => !linked.has(id);
  const there = [...state].flatMap(([id, { is }]) => (is === 'in' ? [id] : [])).filter(isIn);
  const missing = [...after.keys()].filter((id) => isIn(id) && !there.includes(id));
  const tooMany = there.filter((id) => !after.has(id));
  for (const id of [...missing, ...tooMany].slice(0, 1))
    throw new Error(`${id} ${after.has(id) ? 'is' : 'is not'} there (${after.get(id)?.join()}): ${story(changes, id)}`);
}

function isArrival({ type }: Change): boolean {
  return /^child_(?:file|dir)_(?:added|moved_to)$/.test(type);
}

function story(changes: readonly Change[], id: string, at = ''): string {
  const own = changes.filter(({ fileId }) => fileId === id);
  return `${at}\n${own.map((one) => `${one.id} ${one.type} ${one.movedFrom ?? ''} ${one.path}`).join('\n')}`;
}
