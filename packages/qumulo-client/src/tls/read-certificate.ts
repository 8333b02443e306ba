import type { ServerCertificate } from './certificate.ts';

/**
 * What certificate a server shows, and whether this machine (or `ca`, PEM text) would trust it: for showing a fingerprint
 * before pinning it. Sends nothing but the handshake.
 * @throws QumuloConnectionError when nobody listens there or it does not speak TLS.
 */
export function readServerCertificate(
  host: string,
  port: number,
  options: { ca?: string | undefined; timeoutMs?: number | undefined } = {},
): Promise<ServerCertificate> {
  return Promise.reject(new Error(`not built yet: ${host}:${port} ${options.timeoutMs}`));
}
