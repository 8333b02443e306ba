import { z } from 'zod';
import type { QueueStore, WatchKey } from '../queue/port.ts';

/** As much of a kept rule set as tells of which paths it was. */
const keptRuleSet = z.looseObject({
  rules: z.tuple([
    z.looseObject({
      name: z.string(),
      where: z.looseObject({ all: z.tuple([z.looseObject({ under: z.array(z.string()) })], z.unknown()) }),
    }),
  ]),
});

/**
 * What the watched directory was called before, where something that was received or is pending from then is left: it says so by the path
 * of that time. Ask before the watch is opened under its present path. Rejects with StateError.
 */
export async function formerPaths(store: QueueStore, rule: string, watch: WatchKey): Promise<readonly string[]> {
  const { oldestAt } = await store.log.lag();
  if (oldestAt === null && !(await hasJobs(store, rule))) return [];
  const known = (await store.watches()).filter(({ directoryId }) => directoryId === watch.directoryId);
  const paths = new Set([...known.map(({ path }) => path), ...(await pathsOfRule(store, rule))]);
  paths.delete(watch.path);
  return [...paths].sort();
}

async function hasJobs(store: QueueStore, rule: string): Promise<boolean> {
  for await (const job of store.jobs.list({ rule })) return job.rule === rule;
  return false;
}

/** Those of the last run. */
async function pathsOfRule(store: QueueStore, rule: string): Promise<readonly string[]> {
  for (const { hash } of await store.ruleSets()) {
    const text = await store.ruleSet(hash);
    const { data } = keptRuleSet.safeParse(text === undefined ? undefined : JSON.parse(text));
    if (data?.rules[0].name === rule) return data.rules[0].where.all[0].under;
  }
  return [];
}
