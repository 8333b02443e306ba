import { BlockList, isIP } from 'node:net';

/**
 * What no message to the world is meant for: addresses that only mean something on one wire (169.254.0.0/16, fe80::/10), and those at which clouds
 * hand out credentials to whoever asks. Names of files travel in messages, and addresses come out of variables and DNS: a slip must not end there.
 */
const V4_SUBNETS: readonly (readonly [net: string, prefix: number])[] = [
  ['169.254.0.0', 16],
  // Metadata of Alibaba Cloud, of Oracle Cloud Classic, and the host agent of Azure.
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
];
const V6_SUBNETS: readonly (readonly [net: string, prefix: number])[] = [
  ['fe80::', 10],
  // AWS over IPv6: metadata (::254), credentials of EKS pods (::23), time, names.
  ['fd00:ec2::', 32],
  // Metadata of Google Cloud and of Oracle Cloud over IPv6.
  ['fd20:ce::254', 128],
  ['fd00:c1::a9fe:a9fe', 128],
  // Local gateways to IPv4 (RFC 8215): where in the address it stands, each decides for itself.
  ['64:ff9b:1::', 48],
];
/** Ways to write an IPv4 address as one of IPv6 that some gateways lead to it: IPv4-compatible, translated, NAT64. The mapped form the list knows itself. */
const CARRIERS: readonly (readonly [prefix: string, bits: number])[] = [
  ['::', 96],
  ['::ffff:0:', 96],
  ['64:ff9b::', 96],
];

const refused = new BlockList();
for (const [net, prefix] of V4_SUBNETS) {
  refused.addSubnet(net, prefix, 'ipv4');
  for (const [carrier, bits] of CARRIERS) refused.addSubnet(`${carrier}${net}`, bits + prefix, 'ipv6');
  refused.addSubnet(sixToFour(net), 16 + prefix, 'ipv6');
}
for (const [net, prefix] of V6_SUBNETS) refused.addSubnet(net, prefix, 'ipv6');

/** Is it an IP address that nothing is sent to? A name is none. */
export function isRefusedAddress(address: string): boolean {
  // Behind the percent sign stands an interface of this machine.
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  return family !== 0 && refused.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** 2002:a9fe:0:: of 169.254.0.0. */
function sixToFour(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}
