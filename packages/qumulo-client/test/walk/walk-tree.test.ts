import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileAttributes } from '../../src/index.ts';
import { answer, attributes, clientOf, failure, type Handler, serve } from '../support/server.ts';

/** Directories by id: the names in them, `d…` for subdirectories. Ids of subdirectories are their names. */
type Tree = Record<string, string[]>;

/** Answers one entry a page. */
function cluster(tree: Tree, before: Handler = () => undefined): Handler {
  return (request, response, raw) => {
    before(request, response, raw);
    if (response.writableEnded) return;
    const url = new URL(request.url, 'http://x');
    const id = /^\/v1\/files\/([^/]+)\/entries\//.exec(url.pathname)?.[1] ?? '';
    const names = tree[id];
    if (names === undefined) return answer(response, { error_class: 'fs_no_such_inode_error' }, 404);
    const after = Number(url.searchParams.get('after') ?? '0');
    const page = names.slice(after, after + 1).map((name) => {
      const isDirectory = !name.startsWith('9');
      return attributes(name, `/${name}${isDirectory ? '/' : ''}`, isDirectory ? 'FS_FILE_TYPE_DIRECTORY' : undefined);
    });
    const next = after + 1 < names.length ? `${url.pathname}?after=${after + 1}` : '';
    answer(response, { id, path: `/${id}/`, child_count: names.length, files: page, paging: { next } });
  };
}

async function idsOf(walk: AsyncIterable<FileAttributes>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of walk) ids.push(id);
  return ids.sort();
}

/** Names that begin with 9 are files, the others directories. */
const tree: Tree = { '2': ['10', '90', '11'], '10': ['91', '12', '92'], '11': [], '12': ['93'] };

describe('walk', () => {
  it.each([1, 2, 16])('finds everything below the first directory, %i at a time', async (concurrency) => {
    const server = await serve(cluster(tree));
    const directories: string[] = [];
    const walk = clientOf(server.port).files.walk('2', {
      concurrency,
      onDirectory: (path, id) => directories.push(`${id} ${path}`),
    });
    expect(await idsOf(walk)).toEqual(['10', '11', '12', '90', '91', '92', '93']);
    expect(directories.sort()).toEqual(['10 /10/', '11 /11/', '12 /12/', '2 /2/']);
  });

  it('stays in the first directory when told to, and walks a snapshot', async () => {
    const server = await serve(cluster(tree));
    const { files } = clientOf(server.port);
    expect(await idsOf(files.walk('2', { recursive: false, snapshot: 5, limit: 10 }))).toEqual(['10', '11', '90']);
    expect(server.received[0]?.url).toBe('/v1/files/2/entries/?limit=10&snapshot=5');
  });

  it('never reads more directories at a time than allowed, and does read several', async () => {
    const wide: Tree = { '2': Array.from({ length: 30 }, (_, i) => `${100 + i}`) };
    for (const id of wide['2'] ?? []) wide[id] = [`9${id}`];
    let [inFlight, most] = [0, 0];
    const inner = cluster(wide);
    const server = await serve((request, response, raw) => {
      most = Math.max(most, ++inFlight);
      setImmediate(() => {
        inFlight--;
        inner(request, response, raw);
      });
    });
    expect(await idsOf(clientOf(server.port).files.walk('2', { concurrency: 4 }))).toHaveLength(60);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('skips directories that are gone when their turn comes, also between two pages', async () => {
    const { '12': _, ...without } = tree;
    const server = await serve(
      cluster(without, ({ url }, response) => {
        if (url.startsWith('/v1/files/10/entries/?after=2')) answer(response, {}, 404);
      }),
    );
    const directories: string[] = [];
    const walk = clientOf(server.port).files.walk('2', { onDirectory: (_path, id) => directories.push(id) });
    expect(await idsOf(walk)).toEqual(['10', '11', '12', '90', '91']);
    expect(directories.sort()).toEqual(['11', '2']);
  });

  it('fails when the first directory is not there', async () => {
    const server = await serve(cluster(tree));
    const { files } = clientOf(server.port);
    expect(await failure(idsOf(files.walk('77')))).toMatchObject({ status: 404, target: '77' });
    expect(await failure(idsOf(files.walk('no ref')))).toBeInstanceOf(TypeError);
  });

  it('fails on any other error', async () => {
    const server = await serve(
      cluster(tree, ({ url }, response) => {
        if (url.includes('/12/')) answer(response, { error_class: 'fs_access_denied_error' }, 403);
      }),
    );
    const error = await failure(idsOf(clientOf(server.port).files.walk('2')));
    expect(error).toMatchObject({ status: 403, target: '12' });
  });

  it('can be given up, from outside and by leaving the loop', async () => {
    const endless = cluster({ '2': Array.from({ length: 1_000 }, (_, i) => `9${i}`) });
    const server = await serve(endless);
    const { files } = clientOf(server.port);
    const abort = new AbortController();
    const walk = async () => {
      let n = 0;
      for await (const _ of files.walk('2', { signal: abort.signal })) if (++n === 3) abort.abort();
    };
    expect(await failure(walk())).toMatchObject({ kind: 'aborted' });
    for await (const _ of files.walk('2')) break;
    // Pages read ahead are bounded by the concurrency (16 and a few), for each of the two walks.
    expect(server.received.length).toBeLessThan(60);
  });

  it('finds exactly what is there, whatever the tree', async () => {
    const parents = fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(parents, fc.integer({ min: 1, max: 5 }), async (shape, concurrency) => {
        const made: Tree = { '2': [] };
        const all: string[] = [];
        shape.forEach(([pick, isFile], i) => {
          const directories = Object.keys(made);
          const parent = directories[pick % directories.length] ?? '2';
          const id = `${isFile ? 9 : 1}${1_000 + i}`;
          made[parent]?.push(id);
          if (!isFile) made[id] = [];
          all.push(id);
        });
        const server = await serve(cluster(made));
        const client = clientOf(server.port);
        expect(await idsOf(client.files.walk('2', { concurrency }))).toEqual(all.sort());
        await client.close();
      }),
      { numRuns: 25 },
    );
  });
});
