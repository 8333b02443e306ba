import { expect, test } from 'vitest';
import { changeOfFlags, changesOfText } from '../../../src/commands/rules/event.ts';
import { cliErrorOf } from '../../support.ts';

const NOW = 1_000_000;

test('flags describe a change; a group stands for its type for files', async () => {
  expect(changeOfFlags({ path: '/a', type: 'created' }, NOW)).toMatchObject({
    type: 'child_file_added',
    kind: 'file',
    path: '/a',
    at: NOW,
  });
  expect(changeOfFlags({ path: '/b', type: 'renamed', movedFrom: '/a' }, NOW)).toMatchObject({
    type: 'child_file_renamed',
    movedFrom: '/a',
  });
  const wrong = async (values: Parameters<typeof changeOfFlags>[0]) =>
    (await cliErrorOf(() => changeOfFlags(values, NOW))).message;
  expect(await wrong({ path: '/a' })).toBe('Which change?');
  expect(await wrong({ path: '/a', type: 'renamed' })).toContain('needs --moved-from');
  expect(await wrong({ path: '/a', type: 'created', movedFrom: '/b' })).toContain('is for a rename');
  expect(await wrong({ path: 'a', type: 'created' })).toContain('not an absolute path');
});

test('a text holds changes as they are exported, or as the cluster sends them', () => {
  const exported =
    '{"at":"2031-01-01T00:00:00Z","type":"child_file_renamed","path":"/b","movedFrom":"/a","fileId":"7","stream":null}';
  expect(changesOfText(exported, 'e', NOW)).toMatchObject([
    { type: 'child_file_renamed', path: '/b', movedFrom: '/a', fileId: '7', at: Date.parse('2031-01-01T00:00:00Z') },
  ]);
  const sent = '[{"type":"child_dir_added","path":"in/x/","spine":["2","9"],"stream_name":null}]';
  expect(changesOfText(sent, 'e', NOW)).toMatchObject([{ type: 'child_dir_added', fileId: '9', kind: 'directory' }]);
  expect(changesOfText(sent, 'e', NOW)).toMatchObject([{ path: '/in/x' }]);
  expect(changeOfFlags({ path: '/in/x/', type: 'child_dir_added' }, NOW).path).toBe('/in/x');
  expect(changesOfText(`${exported}\n\n${exported}\n`, 'e', NOW)).toHaveLength(2);
});

test('halves of a rename that the cluster sent are one change, as for the monitor', () => {
  const half = (type: string, path: string, id: string) => ({ type, path, spine: ['2', id], stream_name: null });
  const sent = [
    half('child_file_moved_from', 'a', '7'),
    half('child_file_moved_from', 'gone', '8'),
    half('child_file_moved_to', 'b', '7'),
    half('child_file_moved_to', 'c', '9'),
  ];
  const expected = [
    { type: 'child_file_renamed', path: '/b', movedFrom: '/a' },
    { type: 'child_file_moved_to', path: '/c', movedFrom: null },
    { type: 'child_file_moved_from', path: '/gone', movedFrom: null },
  ];
  expect(changesOfText(JSON.stringify(sent), 'e', NOW)).toMatchObject(expected);
  const stream = `: watching for changes\n\n${sent.map((one) => `data: [${JSON.stringify(one)}]\n\n`).join('')}`;
  expect(changesOfText(stream, 'e', NOW)).toMatchObject(expected);
});

test.each([
  ['', 'e holds no change'],
  ['{}', 'there is no type null'],
  ['{"type":"child_file_added","path":"/a"}\n{"type":"child_file_added","pth":"/a"}', 'e:2: a change has no "pth"'],
  ['[1]', 'a JSON object is wanted'],
  ['{"type":"child_file_added","path":1}', '"path" must be text'],
])('refuses %j', async (text, message) => {
  expect((await cliErrorOf(() => changesOfText(text, 'e', NOW))).message).toContain(message);
});
