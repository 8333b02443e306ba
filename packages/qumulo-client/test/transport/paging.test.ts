import { describe, expect, it } from 'vitest';
import { QumuloProtocolError, type ClientOptions } from '../../src/index.ts';
import { answer, attributes, clientOf, failure, serve } from '../support/server.ts';

const first = '/v1/files/2/entries/?limit=2';

/** A directory whose pages are given by request path. */
async function directory(
  pages: Record<string, { ids: string[]; next?: unknown }>,
  options: Partial<ClientOptions> = {},
) {
  const server = await serve(({ url }, response) => {
    const page = pages[url];
    if (page === undefined) return answer(response, {}, 404);
    const files = page.ids.map((id) => attributes(id, `/${id}`));
    const paging = 'next' in page ? { paging: { next: page.next, prev: '' } } : {};
    answer(response, { id: '2', path: '/', child_count: 9, files, ...paging });
  });
  const entries = clientOf(server.port, options).files.entries('2', { limit: 2 });
  const list = async () => {
    const ids: string[] = [];
    for await (const { id } of entries) ids.push(id);
    return ids;
  };
  return { server, entries, list };
}

describe('paging', () => {
  it.each([
    ['an empty next', { ids: ['5'], next: '' }],
    ['null', { ids: ['5'], next: null }],
    ['no paging at all', { ids: ['5'] }],
    ['an empty last page', { ids: [], next: '' }],
    ['a next that names the page itself', { ids: ['5'], next: '/v1/files/2/entries/?after=9&limit=2' }],
  ])('follows next as it is, past empty pages, and ends on %s', async (_, last) => {
    const { server, list } = await directory({
      [first]: { ids: ['3', '4'], next: '/v1/files/2/entries/?after=a%2Fb&limit=1' },
      '/v1/files/2/entries/?after=a%2Fb&limit=1': { ids: [], next: '/v1/files/2/entries/?after=9&limit=2' },
      '/v1/files/2/entries/?after=9&limit=2': last,
    });
    expect(await list()).toEqual(['3', '4', ...last.ids]);
    expect(server.received).toHaveLength(3);
  });

  it('keeps to /api where next forgets it, and does not double it', async () => {
    const { list } = await directory(
      {
        [`/api${first}`]: { ids: ['3'], next: '/v1/files/2/entries/?after=1' },
        '/api/v1/files/2/entries/?after=1': { ids: ['4'], next: '/api/v1/files/2/entries/?after=2' },
        '/api/v1/files/2/entries/?after=2': { ids: ['5'], next: 'https://node-7:8000/v1/files/2/entries/?after=3' },
        '/api/v1/files/2/entries/?after=3': { ids: ['6'], next: '' },
      },
      { basePath: '/api' },
    );
    expect(await list()).toEqual(['3', '4', '5', '6']);
  });

  it('does not go round in circles', async () => {
    const { list, server } = await directory({
      [first]: { ids: ['3'], next: '/v1/files/2/entries/?after=1' },
      '/v1/files/2/entries/?after=1': { ids: ['4'], next: '/v1/files/2/entries/?after=2' },
      '/v1/files/2/entries/?after=2': { ids: ['5'], next: '/v1/files/2/entries/?after=1' },
    });
    expect(await failure(list())).toBeInstanceOf(QumuloProtocolError);
    expect(server.received).toHaveLength(3);
  });

  it.each([['relative/path'], [7]])('does not follow %j', async (next) => {
    const { list } = await directory({ [first]: { ids: ['3'], next } });
    expect(await failure(list())).toBeInstanceOf(QumuloProtocolError);
  });

  it('fetches a page only when the one before is used up', async () => {
    const { server, entries } = await directory({ [first]: { ids: ['3', '4'], next: '/v1/never' } });
    for await (const { id } of entries) if (id === '4') break;
    expect(server.received).toHaveLength(1);
  });

  it('ends lists of client locks on an empty page, since next may go on for ever', async () => {
    const server = await serve(({ url }, response) => {
      const after = Number(new URL(url, 'http://x').searchParams.get('after') ?? '0');
      const lock = { file_id: '7', owner_address: '10.0.0.1', mode: ['API_SHARE_MODE_WRITE'] };
      answer(response, { grants: after < 2 ? [lock] : [], paging: { next: `/v1/locks?after=${after + 1}` } });
    });
    const found: unknown[] = [];
    for await (const lock of clientOf(server.port).files.listLocks('7', 'smb', 'share-mode')) found.push(lock);
    expect(found).toHaveLength(2);
    expect(server.received[0]?.url).toBe('/v1/files/7/locks/smb/share-mode/?limit=1000');
    expect(server.received).toHaveLength(3);
  });
});
