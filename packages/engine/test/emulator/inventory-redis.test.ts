import { describe, expect, it, onTestFinished } from 'vitest';
import { LiveMonitor } from '../support/live-monitor.ts';
import { redisMissing, RedisServer } from '../support/redis-server.ts';

const ALL = `
version: 1
rules: [{ name: all, on: [created, moved-in, renamed, removed], settle: 0s, do: [{ log: {} }] }]
`;

describe.skipIf(redisMissing())('the inventory beside a queue in Redis', () => {
  it('closes a gap as exactly; another machine says that it has none, and makes one', async () => {
    const server = await RedisServer.open('--appendfsync', 'everysec');
    const live = await LiveMonitor.open('/w');
    const other = LiveMonitor.beside(live);
    onTestFinished(async () => {
      await other.dispose();
      await live.dispose();
      await server.close();
    });
    const options = { ref: '/w', redisUrl: server.url };
    const told = (monitor: LiveMonitor) => monitor.of('matched').map(({ change: { type, path } }) => `${type} ${path}`);
    live.create('/w/old');
    live.create('/w/gone');
    await live.start(ALL, options);
    live.create('/w/new');
    await live.until(() => told(live).length === 1);
    await live.stop();
    live.remove('/w/gone');
    live.rename('/w/old', '/w/renamed');
    await live.start(ALL, options);
    await live.until(() => told(live).length === 3);
    expect(told(live).sort()).toEqual([
      'child_file_added /w/new',
      'child_file_removed /w/gone',
      'child_file_renamed /w/renamed',
    ]);
    await live.stop();
    expect(live.of('no-inventory')).toEqual([]);
    await other.start(ALL, options);
    expect(other.of('no-inventory')).toHaveLength(1);
    await other.stop();
    live.remove('/w/new');
    await other.start(ALL, options);
    await other.until(() => told(other).includes('child_file_removed /w/new'));
    expect(other.of('no-inventory')).toHaveLength(1);
  });
});
