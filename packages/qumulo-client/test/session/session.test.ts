import { describe, expect, it } from 'vitest';
import { QumuloApiError, QumuloLoginError } from '../../src/index.ts';
import { answer, attributes, clientOf, failure, type Handler, serve } from '../support/server.ts';

const credentials = { username: 'admin', password: 'correct horse' };

/** A cluster that hands out T1, T2, … and accepts those in `valid`. */
function cluster(valid: Set<string>, login?: Handler): Handler & { logins: number } {
  const handler = (...[request, response, raw]: Parameters<Handler>) => {
    if (request.url === '/v1/session/login') {
      handler.logins++;
      if (login !== undefined) return login(request, response, raw);
      const token = `T${handler.logins}`;
      valid.add(token);
      return answer(response, { bearer_token: token, key: 'of old releases' });
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (!valid.has(token)) return answer(response, undefined, 401);
    return answer(response, attributes('7', '/a'));
  };
  handler.logins = 0;
  return handler;
}

describe('a session', () => {
  it('is opened by the first call, and once for calls that come together', async () => {
    const handler = cluster(new Set());
    const server = await serve(handler);
    const { files } = clientOf(server.port, { credentials });
    await Promise.all([1, 2, 3].map(() => files.getAttributes('7')));
    expect(handler.logins).toBe(1);
    expect(server.received[0]).toMatchObject({ body: JSON.stringify(credentials) });
    expect(server.received[0]?.headers.authorization).toBeUndefined();
  });

  it('that has ended is opened again once for 50 calls in flight, none of which fails', async () => {
    const valid = new Set<string>();
    const handler = cluster(valid);
    const server = await serve(handler);
    const { files } = clientOf(server.port, { credentials, connections: 50 });
    await files.getAttributes('7');
    valid.clear();
    const answers = await Promise.all(Array.from({ length: 50 }, () => files.patchFileLock('7', {})));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(handler.logins).toBe(2);
    valid.clear();
    await files.getAttributes('7');
    expect(handler.logins).toBe(3);
  });

  it('sends a POST again after a 401: the cluster did nothing', async () => {
    const valid = new Set<string>();
    const server = await serve(cluster(valid));
    const { files } = clientOf(server.port, { credentials });
    await files.getAttributes('7');
    valid.clear();
    expect((await files.createFile('/', 'new')).status).toBe(200);
  });

  it('is not opened again and again when the new one is refused as well', async () => {
    const handler = cluster(new Set(), (_, response) => answer(response, { bearer_token: 'bad' }));
    const server = await serve(handler);
    const error = await failure(clientOf(server.port, { credentials }).files.getAttributes('7'));
    expect(error).toMatchObject({ status: 401, code: 'QUMULO_API_ERROR' });
    expect(handler.logins).toBe(2);
  });

  it('cannot be opened with a wrong password: one error for all, which does not show it', async () => {
    const refusal = { error_class: 'http_unauthorized_error', description: 'Incorrect username or password' };
    const handler = cluster(new Set(), (_, response) => answer(response, refusal, 401));
    const server = await serve(handler);
    const { files } = clientOf(server.port, { credentials });
    const errors = await Promise.all([1, 2, 3].map(() => failure(files.getAttributes('7'))));
    expect(handler.logins).toBe(1);
    for (const error of errors) {
      expect(error).toBeInstanceOf(QumuloLoginError);
      expect(error).toMatchObject({ status: 401, code: 'QUMULO_LOGIN_ERROR', ssoRequired: false });
      expect(String(error)).toContain('"admin"');
      expect(String(error) + JSON.stringify(error)).not.toContain(credentials.password);
    }
  });

  it('says when the cluster wants single sign-on', async () => {
    const handler = cluster(new Set(), (_, response) =>
      answer(response, { error_class: 'auth_sso_required_error' }, 403),
    );
    const server = await serve(handler);
    const error = await failure(clientOf(server.port, { credentials }).session.login());
    expect(error).toMatchObject({ ssoRequired: true, status: 403 });
    expect(String(error)).toContain('access token');
  });

  it('passes other troubles of the login on as they are', async () => {
    const handler = cluster(new Set(), (_, response) => answer(response, {}, 500));
    const server = await serve(handler);
    const error = await failure(clientOf(server.port, { credentials }).session.login());
    expect(error).not.toBeInstanceOf(QumuloLoginError);
    expect(error).toMatchObject({ status: 500 });
  });

  it('goes on for the others when one of them gives up waiting', async () => {
    const held: (() => void)[] = [];
    const valid = new Set(['T']);
    const handler = cluster(valid, (_, response) => void held.push(() => answer(response, { bearer_token: 'T' })));
    const server = await serve(handler);
    const { files } = clientOf(server.port, { credentials });
    const abort = new AbortController();
    const impatient = failure(files.getAttributes('7', { signal: abort.signal }));
    const patient = files.getAttributes('7');
    await server.count(1);
    abort.abort();
    expect(await impatient).toMatchObject({ kind: 'aborted' });
    held[0]?.();
    expect((await patient).status).toBe(200);
    expect(handler.logins).toBe(1);
  });

  it('is forgotten by logout', async () => {
    const handler = cluster(new Set());
    const server = await serve(handler);
    const client = clientOf(server.port, { credentials });
    await client.session.login();
    client.session.logout();
    await client.files.getAttributes('7');
    expect(handler.logins).toBe(2);
  });
});

describe('an access token', () => {
  it('that is refused is not tried again, and the error says what it may be', async () => {
    const handler = cluster(new Set());
    const server = await serve(handler);
    const error = await failure(clientOf(server.port).files.getAttributes('7'));
    expect(error).toBeInstanceOf(QumuloApiError);
    expect(error).toMatchObject({ status: 401, errorClass: 'unknown', retryable: false });
    expect(String(error)).toMatch(/access token was refused: it is expired, disabled, revoked/);
    expect(server.received).toHaveLength(1);
  });

  it.each(['', 'two words', 'line\n'])('cannot be %j', (accessToken) => {
    expect(() => clientOf(8_000, { credentials: { accessToken } })).toThrow(TypeError);
  });
});

it('without credentials a 401 says so', async () => {
  const server = await serve(cluster(new Set()));
  const client = clientOf(server.port, { credentials: undefined });
  expect(String(await failure(client.files.getAttributes('7')))).toContain('no credentials');
  expect(server.received[0]?.headers.authorization).toBeUndefined();
});
