import { createClient, type QumuloClient, type RequestInfo } from '@qwarden/qumulo-client';
import type { Resolved } from '../options/resolve.ts';
import type { clusterOptions } from '../options/table/cluster.ts';
import { keepFingerprint, terminalTrust } from './ask-trust.ts';
import { clientOptions, clusterSettings, type ClusterSettings } from './cluster-settings.ts';
import { establishTrust } from './trust.ts';

export interface Connection {
  client: QumuloClient;
  settings: ClusterSettings;
}

export interface ConnectOptions {
  connections?: number | undefined;
  onRequest?: ((info: RequestInfo) => void) | undefined;
}

/** Trust first, then a client; sends no login yet. */
export async function connect(
  resolved: Resolved<typeof clusterOptions>,
  options: ConnectOptions = {},
): Promise<Connection> {
  const settings = await trustedSettings(resolved);
  const client = createClient({ ...clientOptions(settings), ...options });
  return { client, settings };
}

/** The settings, with the fingerprint that the person has just accepted, if so. */
export async function trustedSettings(resolved: Resolved<typeof clusterOptions>): Promise<ClusterSettings> {
  const settings = clusterSettings(resolved);
  const questions = terminalTrust();
  const { address, accepted } = await establishTrust(settings, questions);
  if (accepted !== undefined) await keepFingerprint(accepted, resolved.configFile, questions.say);
  return { ...settings, tls: address.tls };
}
