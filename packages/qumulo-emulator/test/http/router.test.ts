import { describe, expect, it } from 'vitest';
import { Router } from '../../src/http/router.ts';

const router = new Router<string>();
for (const name of [
  'GET /v1/files/{ref}/entries/',
  'POST /v1/files/{ref}/entries/',
  'DELETE /v1/files/{ref}',
  'POST /v1/files/resolve',
  'GET /v1/files/quotas/',
  'GET /v1/files/quotas/{id}',
  'GET /v1/files/{ref}/locks/{protocol}/{type}/',
  'GET /v1/files/locks/{protocol}/{type}/',
]) {
  const [method = '', pattern = ''] = name.split(' ');
  router.add(method, pattern, name);
}

describe('Router', () => {
  it.each([
    ['GET', '/v1/files/%2Fa%2Fb/entries/', 'GET /v1/files/{ref}/entries/', ['%2Fa%2Fb']],
    ['DELETE', '/v1/files/1003', 'DELETE /v1/files/{ref}', ['1003']],
    ['GET', '/v1/files/quotas/2', 'GET /v1/files/quotas/{id}', ['2']],
    ['GET', '/v1/files/locks/smb/share-mode/', 'GET /v1/files/locks/{protocol}/{type}/', ['smb', 'share-mode']],
    [
      'GET',
      '/v1/files/7/locks/nlm/byte-range/',
      'GET /v1/files/{ref}/locks/{protocol}/{type}/',
      ['7', 'nlm', 'byte-range'],
    ],
    ['DELETE', '/v1/files/quotas', 'DELETE /v1/files/{ref}', ['quotas']],
  ])('%s %s', (method, path, target, parameters) => {
    expect(router.find(method, path)).toEqual({ target, parameters });
  });

  it.each([
    '/v1/files/%2Fa/entries',
    '/v1/files//entries/',
    '/v1/files/',
    '/',
    '/v1/files/2/entries//',
    '/v1/files/2/nothing',
  ])('knows no %s', (path) => {
    expect(router.find('GET', path)).toSatisfy(
      (found: unknown) => found === undefined || !Object.hasOwn(Object(found), 'target'),
    );
  });

  it('says which verbs a known URI offers', () => {
    expect(router.find('PUT', '/v1/files/2/entries/')).toEqual({ allow: ['GET', 'POST'] });
  });

  it('refuses a route that is declared twice', () => {
    expect(() => {
      router.add('DELETE', '/v1/files/{other}', 'again');
    }).toThrow('twice');
  });

  it('carries parameters of any length', () => {
    const long = '%2F'.concat('x'.repeat(32_760));
    expect(router.find('DELETE', `/v1/files/${long}`)).toEqual({
      target: 'DELETE /v1/files/{ref}',
      parameters: [long],
    });
  });
});
