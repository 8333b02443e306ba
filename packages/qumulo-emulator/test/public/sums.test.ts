/** What public programs make of sums over directories (FACTS 13). */
import { describe, expect, it } from 'vitest';
import { encodeSegment } from '../../src/http/percent.ts';
import { at, listAt, startCluster, textAt } from '../support/client.ts';

describe('sums over directories', () => {
  it('leave out the directory itself: walkers add one for the root, and take 0 for "nothing to enter"', async () => {
    const client = await startCluster({ tls: false });
    await client.createDirectory('/', 'd');
    await client.createDirectory('/d', 'e');
    const totals = async (path: string) =>
      textAt((await client.ok('GET', `/v1/files/${encodeSegment(path)}/aggregates/`)).json, 'total_directories');
    expect(await totals('/')).toBe('2');
    expect(await totals('/d')).toBe('1');
    expect(await totals('/d/e')).toBe('0');
  });

  it('go ten levels deep when not told otherwise, and leave out what is under a tenth of its directory', async () => {
    const client = await startCluster({ tls: false });
    let path = '';
    for (let depth = 0; depth < 12; depth++) {
      await client.createDirectory(path === '' ? '/' : path, `${depth}`);
      path += `/${depth}`;
    }
    await client.createFile(path, 'large');
    await client.ok('PUT', `/v1/files/${encodeSegment(`${path}/large`)}/data`, 'x'.repeat(200_000));
    await client.createFile('/', 'small');
    const levels = async (query: string) =>
      (await client.ok('GET', `/v1/files/%2F/recursive-aggregates/${query}`)).json;
    const all = await levels('');
    expect(listAt(all, '')).toHaveLength(10);
    expect(listAt(all, '0.files').map((entry) => at(entry, 'name'))).toEqual(['0']);
    expect(listAt(await levels('?max-depth=12'), '')).toHaveLength(12);
    expect(listAt(await levels('?max-entries=4'), '')).toHaveLength(4);
    expect(
      listAt((await client.ok('GET', '/v1/files/%2F/aggregates/')).json, 'files').map((entry) => at(entry, 'name')),
    ).toEqual(['0', 'small']);
  });

  it('sample as many files as were asked for, a large one several times: shares are reckoned out of that number', async () => {
    const client = await startCluster({ tls: false });
    for (const [name, size] of [
      ['large', 36_000],
      ['small', 1],
    ] as const) {
      await client.createFile('/', name);
      await client.ok('PUT', `/v1/files/%2F${name}/data`, 'x'.repeat(size));
    }
    const picks = listAt((await client.ok('GET', '/v1/files/%2F/sample/?by-value=data&limit=100')).json, '');
    expect(picks).toHaveLength(100);
    expect(picks.filter((pick) => at(pick, 'name') === '/small')).toHaveLength(10);
    await client.ok('DELETE', '/v1/files/%2Flarge');
    await client.ok('DELETE', '/v1/files/%2Fsmall');
    expect((await client.ok('GET', '/v1/files/%2F/sample/?by-value=file&limit=3')).json).toEqual([]);
  });
});
