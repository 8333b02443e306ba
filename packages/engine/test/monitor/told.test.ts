import { expect, it } from 'vitest';
import { toldOf } from '../../src/monitor/told.ts';
import type { LogEntry } from '../../src/queue/port.ts';

const event = (type: string, path: string, id: string) =>
  JSON.stringify([{ type, path, spine: ['3', id], stream_name: null }]);

function logOf(...raws: readonly string[]) {
  return {
    async *history(): AsyncGenerator<LogEntry> {
      for (const [n, raw] of raws.entries())
        yield { position: String(n), epoch: 1, receivedAt: 0, events: 1, root: '/w', source: 'stream', raw };
    },
  };
}

it('knows the names of what came, from entries with several lines too, and passes over what cannot be read', async () => {
  const told = await toldOf(
    logOf(
      `${event('child_file_added', 'a', '7')}\n${event('child_dir_moved_to', 'd/', '8')}`,
      'garbage',
      `${event('child_file_moved_from', 'a', '7')}\n${event('child_file_moved_to', 'b', '9')}`,
    ),
    0,
  );
  expect([...told]).toEqual([
    ['8', '/w/d'],
    ['9', '/w/b'],
  ]);
});
