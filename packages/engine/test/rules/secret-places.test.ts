import { expect, it } from 'vitest';
import { shownParams, writtenSecrets } from '../../src/rules/secret-places.ts';

it.each([
  [{ url: 'https://hooks.slack.com/services/T00/B00/XXXX' }, ['url']],
  [{ url: 'https://me:word@ingest.test/' }, ['url']],
  [{ url: 'redis://:word@ingest.test' }, ['url']],
  [{ url: 'https://ingest.test/hook?sig=abc' }, ['url']],
  [{ url: 'https://ingest.test/hook?access_token=abc' }, ['url']],
  [{ url: 'https://ingest.test/in/5f3a9c0b7d21e4f68899' }, ['url']],
  [{ url: 'https://ingest.test/api/v2/hooks/new-files?to=backup' }, []],
  [{ url: 'https://ingest.test/a-page-with-a-long-name' }, []],
  [{ url_env: 'https_hooks_slack_com' }, []],
  [
    { headers: { Authorization: 'Bearer abc', 'X-Api-Key': 'abc', 'X-Path': '{{path}}' } },
    ['headers.Authorization', 'headers.X-Api-Key'],
  ],
  [{ headers: { 'X-Token': '{{job}}' } }, []],
  [{ headers_env: { Authorization: 'AUTH' }, environment_from: ['TOKEN'] }, []],
  [{ environment: { DB_PASSWORD: 'abc', COLOUR: 'red' } }, ['environment.DB_PASSWORD']],
  [{}, []],
  [null, []],
])('written out in %j: %j', (params, places) => {
  expect(writtenSecrets(params)).toEqual(places);
});

it('is masked where a rule is explained', () => {
  const shown = shownParams({
    url: 'https://me:word@hooks.test/T0/B0',
    text: 'see https://wiki.test/page',
    headers: { Authorization: 'Bearer abc' },
    headers_env: { Authorization: 'AUTH' },
    secret_file: '/run/secret',
    password: 'abc',
    retention: '7y',
    to: ['ops@a.test'],
  });
  expect(shown).toEqual({
    url: 'https://hooks.test/•••',
    text: 'see https://wiki.test/•••',
    headers: { Authorization: '•••' },
    headers_env: { Authorization: 'AUTH' },
    secret_file: '/run/secret',
    password: '•••',
    retention: '7y',
    to: ['ops@a.test'],
  });
});
