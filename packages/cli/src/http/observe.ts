import type { RequestInfo } from '@qwarden/qumulo-client';
import {
  Health,
  type Measured,
  type Metrics,
  type MonitorEvent,
  type MonitorRole,
  openMetrics,
  openTracing,
  type Tracing,
} from '@qwarden/engine';
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

/** Those who look at a run from outside: probes, scrapers, the service manager, and collectors of traces. */
export interface Observers {
  told(event: MonitorEvent): void;
  /** For each call to the cluster, where somebody wants to know. */
  readonly called: ((info: RequestInfo) => void) | undefined;
  readonly tracing: Tracing | undefined;
  /** The engine runs from now on. */
  follow(measured: Measured): void;
  close(): Promise<void>;
}

interface Process {
  readonly command: 'monitor' | 'filelock';
  readonly role: MonitorRole;
}

type Listener = Pick<Observers, 'told' | 'follow' | 'close'> & { readonly called: (info: RequestInfo) => void };

/**
 * Begins to listen, before anything is watched: an address that cannot be had ends the start. Throws CliError. What is wrong with traces is
 * only warned about.
 */
export async function openObservers(plan: ListenPlan | undefined, about: Process, logger: Logger): Promise<Observers> {
  const manager = openServiceManager(process.env, logger);
  const listener = plan === undefined ? undefined : await listen(plan, about, logger);
  const tracing = await openTracing(process.env, {
    version: version(),
    warn: (text) => logger.log({ level: 'WARNING', kind: 'traces', text, fields: {} }),
  });
  return {
    told: (event) => {
      listener?.told(event);
      manager?.told(event);
    },
    called: both(listener?.called, tracing && ((info) => tracing.called(info))),
    tracing,
    follow: (measured) => listener?.follow(measured),
    close: async () => {
      // Until then the end of the run can be seen.
      await tracing?.close();
      await Promise.all([listener?.close(), manager?.close()]);
    },
  };
}

function both(a: Observers['called'], b: Observers['called']): Observers['called'] {
  if (a === undefined || b === undefined) return a ?? b;
  return (info) => {
    a(info);
    b(info);
  };
}

async function listen({ address, token }: ListenPlan, about: Process, logger: Logger): Promise<Listener> {
  const health = new Health(about.role);
  const metrics: Metrics = await openMetrics({ version: version(), ...about });
  const server = await startHttp(address, token, {
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
