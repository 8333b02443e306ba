import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { QumuloConnectionError, readServerCertificate } from '../../src/index.ts';
import { ca, expired, othername, replacement, selfsigned, signed } from '../fixtures/certificates.ts';
import { answer, clientOf, failure, listen, serve } from '../support/server.ts';

const https = { protocol: 'https', credentials: { accessToken: 'the-secret' } } as const;
const fingerprintOf = (pem: string) => new X509Certificate(pem).fingerprint256;

async function cluster(certificate: { cert: string; key: string }) {
  return serve((_, response) => answer(response, { revision_id: 'Qumulo Core 7.9.0' }), certificate);
}

describe('TLS', () => {
  it('refuses a self-signed certificate by default, and shows it', async () => {
    const server = await cluster(selfsigned);
    const error = await failure(clientOf(server.port, https).cluster.version());
    expect(error).toBeInstanceOf(QumuloConnectionError);
    expect(error).toMatchObject({
      kind: 'tls-untrusted',
      retryable: false,
      certificate: {
        fingerprint256: fingerprintOf(selfsigned.cert),
        subject: 'CN=selfsigned.cluster.test',
        selfSigned: true,
        trusted: false,
        reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      },
    });
    expect(String(error)).toContain(fingerprintOf(selfsigned.cert));
    expect(server.received).toHaveLength(0);
  });

  it.each([
    ['as printed', (print: string) => print],
    ['as bare lower-case hex', (print: string) => print.replaceAll(':', '').toLowerCase()],
  ])('accepts the pinned certificate, %s', async (_, form) => {
    const server = await cluster(selfsigned);
    const tls = { fingerprint256: form(fingerprintOf(selfsigned.cert)) };
    expect((await clientOf(server.port, { ...https, tls }).cluster.version()).status).toBe(200);
  });

  it('refuses every other certificate than the pinned one, even one of a trusted CA', async () => {
    const tls = { fingerprint256: fingerprintOf(selfsigned.cert), ca };
    for (const other of [replacement, signed]) {
      const server = await cluster(other);
      const error = await failure(clientOf(server.port, { ...https, tls }).cluster.version());
      expect(error).toMatchObject({
        kind: 'tls-pin-mismatch',
        retryable: false,
        certificate: { fingerprint256: fingerprintOf(other.cert) },
      });
      expect(String(error)).toContain(fingerprintOf(selfsigned.cert));
      expect(String(error)).toContain(fingerprintOf(other.cert));
      expect(server.received).toHaveLength(0);
    }
  });

  it('accepts a pinned certificate whose dates have passed', async () => {
    const server = await cluster(expired);
    const tls = { fingerprint256: fingerprintOf(expired.cert) };
    expect((await clientOf(server.port, { ...https, tls }).cluster.version()).status).toBe(200);
  });

  it('accepts what the given CA has signed, for this host, within its dates', async () => {
    const server = await cluster(signed);
    expect((await clientOf(server.port, { ...https, tls: { ca } }).cluster.version()).status).toBe(200);
    const byName = clientOf(server.port, { ...https, host: 'localhost', tls: { ca } });
    expect((await byName.cluster.version()).status).toBe(200);
  });

  it.each([
    ['tls-untrusted', signed, undefined],
    ['tls-untrusted', selfsigned, ca],
    ['tls-expired', expired, ca],
    ['tls-name', othername, ca],
  ])('refuses otherwise: %s', async (kind, certificate, authority) => {
    const server = await cluster(certificate);
    const error = await failure(clientOf(server.port, { ...https, tls: { ca: authority } }).cluster.version());
    expect(error).toMatchObject({ kind, certificate: { trusted: false } });
    expect(server.received).toHaveLength(0);
  });

  it('accepts anything when told to', async () => {
    const server = await cluster(othername);
    expect((await clientOf(server.port, { ...https, tls: { insecure: true } }).cluster.version()).status).toBe(200);
  });

  it('guards notify streams the same way', async () => {
    const server = await cluster(selfsigned);
    const error = await failure(clientOf(server.port, https).files.notify('/', { recursive: true }));
    expect(error).toMatchObject({ kind: 'tls-untrusted' });
    expect(server.received).toHaveLength(0);
  });

  it('takes a fingerprint that is none for a mistake at once', () => {
    expect(() => clientOf(8_000, { ...https, tls: { fingerprint256: 'AA:BB' } })).toThrow(TypeError);
  });
});

describe('the wrong protocol', () => {
  it('TLS to a plain port', async () => {
    const server = await serve((_, response) => answer(response, {}));
    const error = await failure(clientOf(server.port, https).cluster.version());
    expect(error).toMatchObject({ kind: 'not-tls', retryable: false });
  });

  it('plain HTTP to a TLS port', async () => {
    const server = await cluster(selfsigned);
    const error = await failure(clientOf(server.port).cluster.version());
    expect(error).toMatchObject({ kind: 'not-http', retryable: false });
    expect(String(error)).toContain('use https');
  });
});

it.each([
  '<html><body>400 The plain HTTP request was sent to HTTPS port</body></html>',
  'Client sent an HTTP request to an HTTPS server.\n',
])('a TLS port that answers in plain text is known as one: %s', async (text) => {
  const server = await serve((_, response) => response.writeHead(400).end(text));
  expect(await failure(clientOf(server.port).cluster.version())).toMatchObject({ kind: 'not-http' });
});

it('a port that hangs up in the handshake is named', async () => {
  const port = await listen(createServer((socket) => socket.destroy()));
  const error = await failure(clientOf(port, { ...https, retry: { attempts: 1 } }).cluster.version());
  expect(error).toMatchObject({ kind: 'reset', retryable: true });
  expect(String(error)).toContain('during the TLS handshake');
});

describe('readServerCertificate', () => {
  it('shows an untrusted certificate without complaint', async () => {
    const { port } = await cluster(selfsigned);
    expect(await readServerCertificate('127.0.0.1', port)).toMatchObject({
      fingerprint256: fingerprintOf(selfsigned.cert),
      selfSigned: true,
      trusted: false,
    });
  });

  it('says whether the machine or a CA vouches for it', async () => {
    const { port } = await cluster(signed);
    expect(await readServerCertificate('localhost', port, { ca })).toMatchObject({
      subject: 'CN=signed.cluster.test',
      issuer: 'CN=Test CA of qumulo-client',
      validFrom: '2024-01-01T00:00:00Z',
      validTo: '2123-01-01T00:00:00Z',
      selfSigned: false,
      trusted: true,
    });
    expect(await readServerCertificate('localhost', port)).toMatchObject({ trusted: false });
  });

  it('fails clearly where there is no TLS, or where nothing comes', async () => {
    const plain = await serve((_, response) => answer(response, {}));
    expect(await failure(readServerCertificate('127.0.0.1', plain.port))).toMatchObject({ kind: 'not-tls' });
    const silent = await listen(createServer());
    const error = await failure(readServerCertificate('127.0.0.1', silent, { timeoutMs: 20 }));
    expect(error).toMatchObject({ kind: 'timeout' });
  });
});
