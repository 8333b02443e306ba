import { type Finding, findingsOf } from '@qwarden/engine';
import { QumuloConnectionError, readServerCertificate } from '@qwarden/qumulo-client';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { addressOf, type ClusterAddress } from '../connect/cluster-settings.ts';
import { establishTrust } from '../connect/trust.ts';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';
import { oneLine } from '../log/escape.ts';

const names = findingsOf('name');
const port = findingsOf('port');
const tls = findingsOf('tls');

/** Each node of a cluster has an address; more are not tried. */
const MOST_ADDRESSES = 16;
const LONGEST_MS = 10_000;
const DAY_MS = 86_400_000;
/** Renewing takes people time. */
const EXPIRES_SOON_DAYS = 30;

/** Name, port and certificate of the cluster. `fit`: calls can be made. */
export async function examineConnection(address: ClusterAddress): Promise<{ findings: Finding[]; fit: boolean }> {
  const resolved = await resolveName(address.host);
  if (resolved.addresses.length === 0) return { findings: [resolved.finding], fit: false };
  const reached = await reachAll(address, resolved.addresses);
  const findings = [resolved.finding, reached];
  if (reached.verdict === 'failed') return { findings, fit: false };
  const trusted = await examineTls(address);
  findings.push(...trusted);
  return { findings, fit: trusted.every(({ verdict }) => verdict !== 'failed') };
}

async function resolveName(host: string): Promise<{ finding: Finding; addresses: string[] }> {
  if (isIP(host) !== 0) return { finding: names.skipped(`${host} is an address.`), addresses: [host] };
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    const shown = addresses.slice(0, MOST_ADDRESSES).join(', ');
    return { finding: names.ok(`${host} is ${shown}.`), addresses: addresses.slice(0, MOST_ADDRESSES) };
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown';
    const why = code === 'ENOTFOUND' ? 'no host of that name is known here' : 'the name server did not answer';
    const remedy =
      'Check the name (host), the name servers of this machine (/etc/resolv.conf), or name an address instead.';
    return { finding: names.failed(`${host}: ${why} (${code}).`, remedy), addresses: [] };
  }
}

async function reachAll(address: ClusterAddress, addresses: readonly string[]): Promise<Finding> {
  const timeoutMs = Math.min(address.timeoutMs, LONGEST_MS);
  const failures = await Promise.all(addresses.map((host) => whyNot(host, address.port, timeoutMs)));
  const bad = addresses.flatMap((host, at) => (failures[at] === undefined ? [] : [`${host} (${failures[at]})`]));
  const remedy = `Check the port (8000, or 443 with /api), that the cluster runs, and firewalls between: from here, TCP to ${addressOf(address)}.`;
  if (bad.length === 0) return port.ok(`${addressOf(address)} takes connections.`);
  if (bad.length === addresses.length)
    return port.failed(`Nobody takes connections at ${addressOf(address)}: ${bad.join(', ')}.`, remedy);
  return port.warning(`Not every address takes connections: ${bad.join(', ')}.`, remedy);
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

async function whyNot(host: string, at: number, timeoutMs: number): Promise<string | undefined> {
  const socket = connect({ host, port: at });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return `no answer in ${timeoutMs / 1000} s`;
    const code = errnoOf(error) ?? 'unknown';
    return WHY[code] ?? code;
  } finally {
    socket.destroy();
  }
}

async function examineTls(address: ClusterAddress): Promise<Finding[]> {
  const remarks: string[] = [];
  try {
    // As the commands do it, with nobody to ask.
    await establishTrust(address, { say: (text) => remarks.push(text) });
  } catch (error) {
    if (error instanceof CliError) return [tls.failed(oneLine(error.message), error.remedy)];
    if (!(error instanceof QumuloConnectionError)) throw error;
    const remedy = 'Check the port; "--protocol http" is for an emulator without TLS.';
    return [tls.failed(oneLine(error.message), remedy)];
  }
  const [remark] = remarks;
  if (remark !== undefined) {
    const pin =
      'Pin the certificate instead: --tls-fingerprint SHA256 (qwarden configure shows it), or name its CA with --tls-ca.';
    const remedy = address.protocol === 'http' ? 'Leave --protocol http out: clusters speak TLS.' : pin;
    return [tls.warning(oneLine(remark.replace(/^Warning: /, '')), remedy)];
  }
  const { ca, fingerprint256: pin } = address.tls;
  const shown = await readServerCertificate(address.host, address.port, { ca, timeoutMs: address.timeoutMs });
  const how =
    pin === undefined
      ? ca === undefined
        ? 'vouched for by a CA of this machine'
        : 'vouched for by the CA given'
      : 'the one that is pinned';
  const what = `The certificate is ${how}, valid until ${shown.validTo}.`;
  const days = (Date.parse(shown.validTo) - Date.now()) / DAY_MS;
  if (days >= EXPIRES_SOON_DAYS) return [tls.ok(what)];
  // A pin trusts that certificate and no date.
  const gone = days < 0;
  const consequence =
    pin === undefined
      ? 'From then on nothing connects.'
      : 'A pinned certificate is trusted all the same; the one that replaces it has to be pinned anew.';
  const remedy = `Have it renewed in time${pin === undefined ? '' : ', and pin the new one (qwarden configure)'}.`;
  return [
    tls.warning(
      gone ? `The certificate is ${how}, and expired at ${shown.validTo}. ${consequence}` : `${what} ${consequence}`,
      remedy,
    ),
  ];
}
