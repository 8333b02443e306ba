import type { ClientOptions, Credentials, TlsOptions } from '@qwarden/qumulo-client';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';
import type { ValuesOf } from '../options/definition.ts';
import { compareStrength, type Resolved } from '../options/resolve.ts';
import { onlyOneOf } from '../options/rules.ts';
import type { clusterOptions } from '../options/table/cluster.ts';

type ClusterTable = typeof clusterOptions;
type ClusterValues = ValuesOf<ClusterTable>;

/** Where the cluster is and how it proves who it is, out of the settings. */
export interface ClusterAddress {
  host: string;
  port: number;
  basePath: '' | '/api';
  protocol: 'https' | 'http';
  timeoutMs: number;
  tls: TlsOptions;
}

export interface ClusterSettings extends ClusterAddress {
  credentials: Credentials;
  /** For people: the user's name, or that an access token is used. */
  identity: string;
}

/** `host:port` for messages; IPv6 addresses in brackets. */
export function addressOf(cluster: { host: string; port: number }): string {
  return cluster.host.includes(':') ? `[${cluster.host}]:${cluster.port}` : `${cluster.host}:${cluster.port}`;
}

/** Host, port and TLS. Throws CliError for what is missing or contradicts itself. */
export function clusterAddress(resolved: Resolved<ClusterTable>): ClusterAddress {
  onlyOneOf(resolved, 'tlsInsecure', 'tlsFingerprint', 'one verifies nothing, the other exactly one certificate');
  onlyOneOf(resolved, 'tlsInsecure', 'tlsCa', 'one verifies nothing, the other against that authority');
  const values: ClusterValues = resolved.values;
  if (values.host === undefined) throw noCluster(resolved);
  const { host, port } = splitHost(values.host, resolved);
  const tls: TlsOptions = {};
  if (values.tlsInsecure) tls.insecure = true;
  if (values.tlsFingerprint !== undefined) tls.fingerprint256 = values.tlsFingerprint;
  if (values.tlsCa !== undefined) tls.ca = readCa(values.tlsCa);
  const asked = values.basePath;
  const basePath = asked === undefined ? (port === 443 ? '/api' : '') : asked.startsWith('/api') ? '/api' : '';
  return { host, port, basePath, protocol: values.protocol, timeoutMs: values.timeout * 1000, tls };
}

/** Everything needed for calls. Throws CliError when there is no login. */
export function clusterSettings(resolved: Resolved<ClusterTable>): ClusterSettings {
  const address = clusterAddress(resolved);
  onlyOneOf(resolved, 'accessToken', 'password', 'log in with a password, or with an access token');
  const { username, password, accessToken } = resolved.values;
  if (accessToken !== undefined) return { ...address, credentials: { accessToken }, identity: '(access token)' };
  if (username !== undefined && password !== undefined) {
    return { ...address, credentials: { username, password }, identity: username };
  }
  const missing =
    username === undefined ? (password === undefined ? 'No login' : 'No user name') : `No password for ${username}`;
  throw new CliError('config', `${missing}${inFile(resolved)}.`, {
    remedy: [
      `Run "qwarden configure"${resolved.configFile ? ` --config-file ${resolved.configFile}` : ''}, or set USERNAME and PASSWORD (or ACCESS_TOKEN) in the configuration file,`,
      'or QWARDEN_USERNAME and QWARDEN_PASSWORD (QWARDEN_PASSWORD_FILE), or QWARDEN_ACCESS_TOKEN (QWARDEN_ACCESS_TOKEN_FILE).',
    ].join('\n'),
  });
}

/** Options for `createClient`, logging aside. */
export function clientOptions(settings: ClusterAddress & { credentials?: Credentials }): ClientOptions {
  const { host, port, basePath, protocol, timeoutMs, tls, credentials } = settings;
  return { host, port, basePath, protocol, timeoutMs, tls, ...(credentials && { credentials }) };
}

/** `host:port` and `[v6]:port`; `undefined` where there is no port in it. */
export function portInHost(text: string): { host: string; port: number } | undefined {
  const [, host, port] = /^\[([^\]]+)\]:(\d+)$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** A port within the host and a port of its own: the stronger source counts. */
function splitHost(text: string, { values, origins }: Resolved<ClusterTable>): { host: string; port: number } {
  const inside = portInHost(text);
  const host = inside?.host ?? text.replace(/^\[([^\]]+)\]$/, '$1');
  const isName = /^[A-Za-z0-9_.-]+$/.test(host) && URL.canParse(`https://${host}`);
  if (isIP(host) === 0 && !isName) {
    throw new CliError('config', `${JSON.stringify(host)} is no name of a host, and no address.`, {
      remedy: 'Correct the host; a name with letters beyond a to z is written as it is in DNS (xn--…).',
    });
  }
  const stronger = compareStrength(origins.get('host'), origins.get('port'));
  if (inside && values.port !== undefined && inside.port !== values.port && stronger === 0) {
    throw new CliError('usage', `The host ${text} names a port, and the port is set to ${values.port} as well.`, {
      remedy: 'Give the port once.',
    });
  }
  const port = (stronger >= 0 ? (inside?.port ?? values.port) : (values.port ?? inside?.port)) ?? 8000;
  if (port < 1 || port > 65_535) throw new CliError('usage', `${text}: must be a port from 1 to 65535.`);
  return { host, port };
}

function readCa(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError('config', `--tls-ca: cannot read ${path} (${errnoOf(error) ?? String(error)}).`, {
      remedy:
        'Name the file with the certificate of your authority (PEM), which this user may read; in a container, mount it.',
      cause: error,
    });
  }
  if (/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)) return text;
  throw new CliError('config', `--tls-ca: ${path} holds no certificate in PEM form.`, {
    remedy: 'It must contain lines "-----BEGIN CERTIFICATE-----" and "-----END CERTIFICATE-----".',
  });
}

function noCluster(resolved: Resolved<ClusterTable>): CliError {
  const file = resolved.values.configFile;
  const what = resolved.configFile
    ? `No cluster given: ${resolved.configFile} has no API_HOST (or it is empty).`
    : `No cluster given: there is no configuration file ${file} here.`;
  return new CliError('config', what, {
    remedy: `Run "qwarden configure"${file === 'qfs_filelock_config.ini' ? '' : ` --config-file ${file}`}, or name the cluster with --host or QWARDEN_HOST.`,
  });
}

function inFile(resolved: Resolved<ClusterTable>): string {
  return resolved.configFile ? ` in ${resolved.configFile}, the environment or the command line` : '';
}
