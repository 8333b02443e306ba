import { describe, expect, it } from 'vitest';
import { QumuloApiError } from '../../src/errors/api-error.ts';
import { type ConnectionErrorKind, QumuloConnectionError } from '../../src/errors/connection-error.ts';
import { defaultRetryPolicy, mayRetry, retryDelay } from '../../src/transport/retry-policy.ts';

const api = (status: number) =>
  new QumuloApiError({ status, errorClass: 'x', description: 'x', operation: 'x', retryable: false });
const connection = (kind: ConnectionErrorKind) => new QumuloConnectionError({ kind, message: 'x', retryable: false });

describe('mayRetry', () => {
  it.each([429, 502, 503, 504])('repeats what can be repeated after %i', (status) => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) expect(mayRetry(api(status), method, true)).toBe(true);
    expect(mayRetry(api(status), 'POST', true)).toBe(false);
  });

  it.each([400, 401, 403, 404, 409, 412, 500, 501])('does not repeat after %i', (status) => {
    for (const method of ['GET', 'PATCH', 'POST']) expect(mayRetry(api(status), method, true)).toBe(false);
  });

  it('repeats after a cut connection, a POST only when nothing of it went out', () => {
    expect(mayRetry(connection('reset'), 'PATCH', true)).toBe(true);
    expect(mayRetry(connection('reset'), 'POST', true)).toBe(false);
    expect(mayRetry(connection('reset'), 'POST', false)).toBe(true);
  });

  it.each(['dns', 'refused', 'timeout', 'tls-untrusted', 'not-tls', 'not-http', 'aborted', 'other'] as const)(
    'leaves %s to the caller',
    (kind) => expect(mayRetry(connection(kind), 'GET', false)).toBe(false),
  );
});

describe('retryDelay', () => {
  it('is a random part of a doubling time, up to the maximum', () => {
    const policy = { ...defaultRetryPolicy, baseDelayMs: 100, maxDelayMs: 500 };
    const longest = [1, 2, 3, 4, 5].map((attempt) => retryDelay(policy, attempt, undefined, () => 1));
    expect(longest).toEqual([100, 200, 400, 500, 500]);
    expect(retryDelay(policy, 3, undefined, () => 0)).toBe(0);
    expect(retryDelay(policy, 3, undefined, () => 0.5)).toBe(200);
  });

  it('never comes back before the cluster wants it, and gives up when that is too long', () => {
    expect(retryDelay(defaultRetryPolicy, 1, 2_000, () => 0)).toBe(2_000);
    expect(retryDelay(defaultRetryPolicy, 1, 2_000, () => 1)).toBe(2_100);
    expect(retryDelay(defaultRetryPolicy, 1, 30_001, () => 0)).toBeUndefined();
  });
});
