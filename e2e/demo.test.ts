import { describe, expect, it } from 'vitest';
import { start, temporaryDirectory } from './support/qwarden.ts';

describe('qwarden demo', () => {
  it('runs the main job, proves it by asking the cluster, and runs beside a second copy of itself', {
    timeout: 180_000,
  }, async () => {
    const copies = [1, 2].map((seed) =>
      start(['demo', '--for', '5s', '--interval', '2', '--seed', String(seed)], { cwd: temporaryDirectory() }),
    );
    for (const copy of copies) {
      const { code, stdout, stderr } = await copy.finished(120_000);
      expect(stderr).toBe('');
      expect(stdout).toContain('Every file that should be locked is, and no other.');
      const [, locked, expected] = /✓ (\d+) of (\d+) finished files have a retention lock/.exec(stdout) ?? [];
      expect(Number(locked)).toBeGreaterThan(10);
      expect(locked).toBe(expected);
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Next: /);
      expect(code).toBe(0);
    }
  });

  it('proves the result after Ctrl-C too', { timeout: 120_000 }, async () => {
    const demo = start(['demo', '--interval', '1'], { cwd: temporaryDirectory() });
    await demo.until(/locked [1-9]/);
    demo.process.kill('SIGINT');
    const { code, stdout } = await demo.finished(60_000);
    expect(stdout).toContain('Every file that should be locked is, and no other.');
    expect(code).toBe(0);
  });
});
