// The real engine on a store that is open already: what `openMonitor` of @qwarden/engine puts together.
import { createClient, systemClock } from '../../packages/qumulo-client/dist/index.js';
import { createOutside } from '../../packages/engine/dist/index.js';
import { Monitor } from '../../packages/engine/dist/monitor/engine.js';
import { actions, ROOT } from './rules.mjs';

/** A client of the bare server. */
export function clientOf({ host, port, fingerprint256, username, password }) {
  const tls = { fingerprint256 };
  return createClient({ host, port, credentials: { username, password }, tls, connections: 32 });
}

export async function makeMonitor({ client, store, ruleText, report, clock = systemClock }) {
  const { data: root } = await client.files.getAttributes(ROOT);
  const outside = createOutside({ environment: {}, clock });
  const watch = { directoryId: root.id, recursive: true, path: ROOT };
  const monitor = await Monitor.create({
    cluster: client,
    outside,
    clock,
    random: Math.random,
    report,
    store,
    actions,
    directory: { id: root.id, path: ROOT, recursive: true },
    coverage: await store.coverage(watch),
    inventory: await store.inventory(watch),
    role: 'all',
    shared: false,
    dryRun: false,
    maxConcurrency: undefined,
    skewToldMs: 0,
    release: () => outside.close(),
  });
  const loaded = await monitor.rules.load(ruleText, 'rules of the benchmark');
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return monitor;
}
