import { endpoints } from '@qwarden/qumulo-client/wire';
import { describe, expect, it } from 'vitest';
import { allOperations, documentedOperations, undocumentedOperations } from '../../src/index.ts';
import { makeRouter } from '../../src/operations/table.ts';

describe('the operation tables', () => {
  it('has one row per documented endpoint, under its own name', () => {
    expect(Object.keys(documentedOperations).sort()).toEqual(Object.keys(endpoints).sort());
    for (const [name, row] of Object.entries({ ...documentedOperations, ...undocumentedOperations }))
      expect(row.name).toBe(name);
  });

  it('keeps documented endpoints out of the second table', () => {
    for (const name of Object.keys(undocumentedOperations)) expect(Object.keys(endpoints)).not.toContain(name);
  });

  it('routes every row to itself', () => {
    const router = makeRouter();
    for (const row of allOperations) {
      const [method = '', pattern = ''] = row.name.split(' ');
      const path = pattern.replace(/\{[^}]+\}/g, '%2Fx');
      expect(router.find(method, path)).toMatchObject({ target: { name: row.name } });
    }
  });

  it('asks for a bearer everywhere but at login, sign-on, version and node state', () => {
    const open = allOperations.filter((row) => row.anonymous).map((row) => row.name);
    expect(open.sort()).toEqual([
      'GET /v1/node/state',
      'GET /v1/version',
      'POST /v1/session/login',
      'POST /v1/session/retrieve-saml-login',
      'POST /v1/session/start-saml-login',
    ]);
  });

  it('builds everything that the issue asks for', () => {
    const areas =
      /^\w+ \/v\d\/(files|session|users|groups|auth|identity|snapshots|version|node|tree-delete|nfs|smb|multitenancy|s3\/settings|ftp|web-ui|audit|time)\b/;
    const unbuilt = allOperations.filter((row) => areas.test(row.name) && !row.built).map((row) => row.name);
    expect(unbuilt.sort()).toEqual(['POST /v1/session/retrieve-saml-login', 'POST /v1/session/start-saml-login']);
  });
});
