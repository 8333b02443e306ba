import { join } from 'node:path';
import { type QwardenChild, startQwarden } from './child.ts';
import { type Cluster, ready } from './cluster.ts';

/** `qwarden monitor` as a person runs it, in a process of its own. Resolves when it listens. */
export async function startMonitor(
  cluster: Cluster,
  place: { scratch: string; rules: string },
  onLine: (line: Record<string, unknown>) => void,
  running: QwardenChild[],
  signal: AbortSignal,
): Promise<QwardenChild> {
  const { promise, resolve } = Promise.withResolvers<QwardenChild>();
  const store = `sqlite:${join(place.scratch, 'state')}`;
  const args = ['monitor', '--rules', place.rules, '--store', store, '--log-format', 'json'];
  const environment = {
    QWARDEN_API_HOST: cluster.host,
    QWARDEN_API_PORT: String(cluster.port),
    QWARDEN_USERNAME: cluster.username,
    QWARDEN_PASSWORD: cluster.password,
    QWARDEN_TLS_FINGERPRINT: cluster.fingerprint256,
    QWARDEN_CONFIG_FILE: join(place.scratch, 'none.ini'),
  };
  const child = startQwarden(args, environment, (line) => {
    onLine(line);
    if (line.kind === 'listening') resolve(child);
  });
  running.push(child);
  return await ready(promise, child, 'qwarden monitor', signal);
}
