import { createOutside, examineReceivers, examineStore, type Finding, findingsOf } from '@qwarden/engine';
import { createClient, type QumuloClient, systemClock } from '@qwarden/qumulo-client';
import { clientOptions } from '../connect/cluster-settings.ts';
import { isRedis } from '../look/place.ts';
import { examineCluster } from './check-cluster.ts';
import { examineConnection } from './check-connection.ts';
import { examineFiles } from './check-files.ts';
import { examineRules, type RulesExamination } from './check-rules.ts';
import type { Subject } from './subject.ts';

export interface Asked {
  readonly sendTest: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Every check, in an order in which the first that fails is the first to be mended. Changes nothing. */
export async function examine(subject: Subject, asked: Asked): Promise<Finding[]> {
  const client = createClient(clientOptions(subject.cluster));
  try {
    const rules = await examineRules(subject);
    const { findings, fit } = await examineConnection(subject.cluster);
    const cluster = fit ? await examineCluster(client, subject, rules.privileges) : undefined;
    const notAsked = findingsOf('login').unknown(
      'Login, privileges and the directory were not asked for: the cluster cannot be reached, or not be trusted.',
    );
    return [
      ...examineFiles(subject),
      ...findings,
      ...(cluster?.findings ?? [notAsked]),
      ...(await examineStores(subject, cluster?.clusterId)),
      ...rules.findings,
      ...(await examineOutside(subject, client, rules, asked)),
    ];
  } finally {
    await client.close();
  }
}

async function examineStores({ place, stateDir, role }: Subject, clusterId: string | undefined): Promise<Finding[]> {
  const found = await examineStore(place, clusterId);
  // A watcher keeps its inventory on its own disk.
  if (isRedis(place) && role !== 'worker') found.push(...(await examineStore(stateDir, clusterId)));
  return found;
}

async function examineOutside(
  { role, rules }: Subject,
  client: QumuloClient,
  { ruleSet }: RulesExamination,
  { sendTest, environment, signal }: Asked,
): Promise<Finding[]> {
  if (ruleSet === undefined || role === 'watcher') return [];
  const allowed = rules?.allowed ?? [];
  const outside = createOutside({ environment, clock: systemClock, allowed });
  try {
    return await examineReceivers(ruleSet.rules, sendTest, {
      client,
      outside,
      clock: systemClock,
      environment,
      allowed,
      signal,
    });
  } finally {
    await outside.close();
  }
}
