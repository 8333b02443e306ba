import type { RequestInfo } from '@qwarden/qumulo-client';
import { Health, type Measured, type Metrics, type MonitorEvent, type MonitorRole, openMetrics } from '@qwarden/engine';
import { CliError } from '../errors/cli-error.ts';
import type { Logger } from '../log/logger.ts';
import { openServiceManager } from '../process/systemd.ts';
import { version } from '../version.ts';
import { isLoopback, type ListenAddress, parseListenAddress } from './address.ts';
import { startHttp } from './server.ts';

/** Where to listen, and what a reader has to send. */
export interface ListenPlan {
  readonly address: ListenAddress;
  readonly token: string | undefined;
}

/** Throws CliError when anybody on the network could read. */
export function planListen(values: {
  listen?: string | undefined;
  listenToken?: string | undefined;
}): ListenPlan | undefined {
  const address = values.listen === undefined ? undefined : parseListenAddress(values.listen);
  if (address === undefined) return undefined;
  if (values.listenToken === undefined && !isLoopback(address.host)) {
    throw new CliError('usage', `--listen ${values.listen} can be reached from other machines, and no token is set.`, {
      remedy:
        'Set one (QWARDEN_LISTEN_TOKEN_FILE, QWARDEN_LISTEN_TOKEN or --listen-token), or give the port alone to listen for this machine only.',
    });
  }
  return { address, token: values.listenToken };
}

/** Those who look at a run from outside: probes and scrapers, and the service manager. */
export interface Observers {
  told(event: MonitorEvent): void;
  /** For each call to the cluster, where somebody wants to know. */
  readonly called: ((info: RequestInfo) => void) | undefined;
  /** The engine runs from now on. */
  follow(measured: Measured): void;
  close(): Promise<void>;
}

const NOBODY: Observers = {
  told: () => undefined,
  called: undefined,
  follow: () => undefined,
  close: () => Promise.resolve(),
};

interface About {
  readonly command: 'monitor' | 'filelock';
  readonly role: MonitorRole;
}

/** Begins to listen, before anything is watched: an address that cannot be had ends the start. Throws CliError. */
export async function openObservers(plan: ListenPlan | undefined, about: About, logger: Logger): Promise<Observers> {
  const manager = openServiceManager(process.env, logger);
  const readers = await openReaders(plan, about, logger);
  if (manager === undefined) return readers;
  return {
    ...readers,
    told: (event) => {
      readers.told(event);
      manager.told(event);
    },
    close: async () => {
      await Promise.all([readers.close(), manager.close()]);
    },
  };
}

async function openReaders(plan: ListenPlan | undefined, about: About, logger: Logger): Promise<Observers> {
  if (plan === undefined) return NOBODY;
  const health = new Health(about.role);
  const metrics: Metrics = await openMetrics({ version: version(), ...about });
  const server = await startHttp(plan.address, plan.token, {
    metrics: (accept) => metrics.read(accept),
    live: () => health.live,
    ready: () => health.ready,
  });
  const { url } = server;
  const text = `Metrics and health: ${url} (/metrics, /healthz, /readyz)`;
  logger.log({ level: 'INFO', kind: 'http', text, fields: { url } });
  return {
    told: (event) => {
      health.told(event);
      metrics.told(event);
    },
    called: (info) => metrics.called(info),
    follow: (measured) => metrics.follow(measured),
    close: () => server.close(),
  };
}
