import { expect, it, vi } from 'vitest';
import { gathered } from '../../src/process/gathered.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes the lines of one turn together, in order, and those of the next apart', async () => {
  const written: string[] = [];
  const out = gathered((text) => written.push(text));
  for (const line of ['a\n', 'b\n', 'c\n']) out.write(line);
  expect(written).toEqual([]);
  await turn();
  out.write('d\n');
  await turn();
  expect(written).toEqual(['a\nb\nc\n', 'd\n']);
});

it('does not gather without bound', () => {
  const written: string[] = [];
  const out = gathered((text) => written.push(text));
  for (let n = 0; n < 100; n += 1) out.write('x'.repeat(1_000));
  expect(written).toHaveLength(1);
  out.flush();
  expect(written.join('')).toHaveLength(100_000);
});

it('leaves nothing behind when the process exits, and no listener when nothing waits', async () => {
  const written: string[] = [];
  const listeners = process.listenerCount('exit');
  const out = gathered((text) => written.push(text));
  out.write('last words\n');
  const [exit] = process.listeners('exit').slice(listeners);
  expect(exit).toBeDefined();
  exit?.(0);
  expect(written).toEqual(['last words\n']);
  expect(process.listenerCount('exit')).toBe(listeners);
  await turn();
  out.flush();
  expect(written).toHaveLength(1);
});

it('a flush with nothing to write writes nothing', () => {
  const write = vi.fn();
  gathered(write).flush();
  expect(write).not.toHaveBeenCalled();
});
