import { describe, expect, it } from 'vitest';
import { start, temporaryDirectory } from './support/qwarden.ts';

const PROVED = 'Every file that should be locked is, and no other; every other rule did what it says, and no more.';

describe('qwarden demo', () => {
  it('runs the event monitor, proves what it did by asking the cluster, and runs beside a second copy of itself', {
    timeout: 180_000,
  }, async () => {
    const copies = [1, 2].map((seed) =>
      start(['demo', '--for', '8s', '--seed', String(seed)], { cwd: temporaryDirectory() }),
    );
    for (const copy of copies) {
      const { code, stdout, stderr } = await copy.finished(150_000);
      expect(stderr).toBe('');
      expect(stdout).toContain(PROVED);
      const claims = [...stdout.matchAll(/^ {2}(.) (\d+) of (\d+) (.+)$/gm)];
      expect(claims.map(([, , , , what]) => what)).toEqual([
        expect.stringMatching(/^finished files have a retention lock/),
        expect.stringMatching(/^other files .* have none$/),
        'executables are in quarantine, with a manifest',
        'harmless files are where they were put',
        'quarantined files were told of by webhook',
        expect.stringContaining('done-'),
        'files that were finished after the new rule are read-only',
      ]);
      for (const [, mark, held, expected] of claims) {
        expect(mark).toBe('✓');
        expect(Number(held)).toBeGreaterThan(0);
        expect(held).toBe(expected);
      }
      expect(stdout).toMatch(/Refused: rules\.yml:\d+:\d+: .*"number for ever" feeds itself/);
      expect(stdout).toMatch(/rule files: 1 taken on the way, 1 refused; [1-9]\d* own effects recognised/);
      expect(stdout).toContain('stream restarts: 1; failed: 0');
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Next: .*monitor --rules/);
      expect(code).toBe(0);
    }
  });

  it('proves the result after Ctrl-C too', { timeout: 120_000 }, async () => {
    const demo = start(['demo', '--interval', '1'], { cwd: temporaryDirectory() });
    await demo.until(/locked [1-9]/);
    demo.process.kill('SIGINT');
    const { code, stdout } = await demo.finished(60_000);
    expect(stdout).toContain(PROVED);
    expect(code).toBe(0);
  });

  it('ends on Ctrl-C before anything is written, and says so', { timeout: 120_000 }, async () => {
    const demo = start(['demo'], { cwd: temporaryDirectory() });
    await demo.until('An emulated cluster listens');
    demo.process.kill('SIGINT');
    const { code, stdout, stderr } = await demo.finished(60_000);
    expect(stdout).toMatch(new RegExp(`there is nothing to prove\\.|${PROVED}`));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});
