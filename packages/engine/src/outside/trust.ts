import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Whom to trust in TLS: the CAs of Node and of this machine, or exactly those given. Made on first use and once: it takes some milliseconds. */
export function createTrust(ca: string | undefined): () => SecureContext {
  let context: SecureContext | undefined;
  return () =>
    (context ??= createSecureContext({
      ca: ca ?? [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
    }));
}
