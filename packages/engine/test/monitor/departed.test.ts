import { describe, expect, it } from 'vitest';
import { departed } from '../../src/monitor/departed.ts';
import { attributes } from '../support/attributes.ts';
import { change } from '../support/rules.ts';

const half = change({
  type: 'child_file_moved_from',
  fileId: '7',
  path: '/records/old',
  kind: 'file',
  place: { parentId: '3', epoch: 4, foundBy: null },
});

const REFUSED = 'refused';

function ask(files: Readonly<Record<string, string>>) {
  return (ref: string) => {
    const path = files[ref];
    if (path === REFUSED) return Promise.resolve(undefined);
    return Promise.resolve(path === undefined ? null : attributes({ id: ref === '7' ? '7' : '9', path }));
  };
}
/** @param root what the watched directory is called now, known since it was /records */
const decide = (files: Readonly<Record<string, string>>, isOver: boolean, root = '/records') =>
  departed([half], {
    isOver: (epoch) => isOver && epoch === 4,
    ask: ask(files),
    directory: {
      refresh: () => Promise.resolve(root),
      below: (path) =>
        [root, '/records'].flatMap((one) => (path.startsWith(`${one}/`) ? [path.slice(one.length + 1)] : []))[0],
    },
  });

describe('a half of a rename that stayed alone', () => {
  it('has left the watch while its stream goes on, wherever it is', async () => {
    expect(await decide({ 7: '/records/new' }, false)).toEqual([half]);
  });

  it('has left when it is not there any more, or elsewhere', async () => {
    expect(await decide({}, true)).toEqual([half]);
    expect(await decide({ 7: '/elsewhere/new' }, true)).toEqual([half]);
    expect(await decide({ 7: '/records-2/new' }, true)).toEqual([half]);
  });

  it('was renamed inside the watch when that is where it is: its stream ended between the halves', async () => {
    expect(await decide({ 7: '/records/sub/new', '/records/sub': '/records/sub/' }, true)).toMatchObject([
      {
        type: 'child_file_renamed',
        path: '/records/sub/new',
        movedFrom: '/records/old',
        place: { parentId: '9', fromParentId: '3', foundBy: 'walk' },
      },
    ]);
  });

  it('is nothing when it is back under its old name', async () => {
    expect(await decide({ 7: '/records/old' }, true)).toEqual([]);
  });

  it('is looked for where the watched directory is now', async () => {
    expect(await decide({ 7: '/archive/old' }, true, '/archive')).toEqual([]);
    expect(await decide({ 7: '/archive/new', '/archive': '/archive/' }, true, '/archive')).toMatchObject([
      { type: 'child_file_renamed', path: '/archive/new', movedFrom: '/records/old' },
    ]);
    expect(await decide({ 7: '/records/new', '/records': '/records/' }, true, '/archive')).toEqual([half]);
  });

  it('is left to the walk that closes the gap where the cluster refuses to tell', async () => {
    expect(await decide({ 7: REFUSED }, true)).toEqual([]);
    expect(await decide({ 7: '/records/sub/new', '/records/sub': REFUSED }, true)).toEqual([]);
  });
});
