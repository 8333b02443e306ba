import { BlockList, isIP } from 'node:net';

/**
 * Whether a client is among the hosts of an export or share. None given = everybody (FACTS 12). The forms are those of the
 * CLI's help: an address, `10.0.0.50-60`, `10.0.0.0/16`, `*`, a name, `*.example.com`. A client is known by the one text
 * that the test gives it; names are not looked up.
 */
export function isAmong(hosts: readonly string[], client: string): boolean {
  return hosts.length === 0 || hosts.some((host) => matches(host.trim().toLowerCase(), client.toLowerCase()));
}

function matches(host: string, client: string): boolean {
  if (host === '*' || host === client) return true;
  const network = subnet(host);
  if (network !== undefined) return isIP(client) > 0 && network.check(client, isIP(client) === 6 ? 'ipv6' : 'ipv4');
  return host.startsWith('*.') && client.endsWith(host.slice(1));
}

/** A range of addresses; undefined when the text is none. */
function subnet(host: string): BlockList | undefined {
  const list = new BlockList();
  const [address = '', bits = ''] = host.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) > 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv6' ? 128 : 32)) {
    list.addSubnet(address, Number(bits), family);
    return list;
  }
  const range = /^((?:\d{1,3}\.){3})(\d{1,3})-(\d{1,3})$/.exec(host);
  if (range === null) return undefined;
  const [, prefix = '', first = '', last = ''] = range;
  if (isIP(prefix + first) !== 4 || isIP(prefix + last) !== 4 || Number(first) > Number(last)) return undefined;
  list.addRange(prefix + first, prefix + last);
  return list;
}
