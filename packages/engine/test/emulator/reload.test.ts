import { afterEach, expect, it } from 'vitest';
import { LiveMonitor } from '../support/live-monitor.ts';

let live: LiveMonitor;
afterEach(() => live.dispose());

const RELOADS = 100;
const FILES_A_RELOAD = 5;

/** Sets that differ in what they call a file, so that a file that was matched by two, or by none, shows it. */
const rules = (n: number) => `
version: 1
rules:
  - name: stamp ${n % 3}
    on: created
    where: { under: /in }
    settle: 0s
    do: [{ rename: { to: "${n}-{{name}}" } }]
`;

it(`${RELOADS} reloads under load: every file is matched by exactly one set of rules, in the order of the sets`, async () => {
  live = await LiveMonitor.open('/in');
  await live.start(rules(0));
  for (let n = 1; n <= RELOADS; n += 1) {
    for (let file = 0; file < FILES_A_RELOAD; file += 1) live.create(`/in/file ${(n - 1) * FILES_A_RELOAD + file}`);
    const loaded = await live.monitor?.rules.load(rules(n), 'rules.yml');
    expect(loaded).toMatchObject({ ok: true });
  }
  await live.done(RELOADS * FILES_A_RELOAD);
  const names = (await live.names('/in')).map((name) => /^(\d+)-file (\d+)$/.exec(name));
  expect(names).not.toContain(null);
  expect(new Set(names.map((match) => match?.[2])).size).toBe(RELOADS * FILES_A_RELOAD);
  const bySequence = names
    .map((match) => [Number(match?.[2]), Number(match?.[1])] as const)
    .sort(([a], [b]) => a - b)
    .map(([, set]) => set);
  expect(bySequence).toEqual([...bySequence].sort((a, b) => a - b));
  expect(new Set(bySequence).size).toBeGreaterThan(2);
  // Each job was carried out with the parameters it was made with: by name the sets are alike.
  expect(await live.stop()).toMatchObject({ counters: { matches: RELOADS * FILES_A_RELOAD, dead: 0, parked: 0 } });
});
