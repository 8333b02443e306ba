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

function ask(files: Readonly<Record<string, string>>) {
  return (ref: string) => {
    const path = files[ref];
    return Promise.resolve(path === undefined ? null : attributes({ id: ref === '7' ? '7' : '9', path }));
  };
}
const decide = (files: Readonly<Record<string, string>>, isOver: boolean) =>
  departed([half], { isOver: (epoch) => isOver && epoch === 4, ask: ask(files), root: () => '/records' });

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
});
