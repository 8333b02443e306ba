import tls from 'node:tls';

/**
 * Trust what this machine trusts: Node's own list by default leaves out the authorities that an administrator added to
 * the system's store. Set once for the process, so that the list is parsed once and not for each connection.
 */
export function trustSystemAuthorities(): void {
  const all = new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')]);
  tls.setDefaultCACertificates([...all]);
}
