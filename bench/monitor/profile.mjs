// Where the CPU goes: V8's profile of qwarden on the stream, one event a line and 100 a line, by function.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { say } from '../filelock/progress.mjs';
import { topFunctions } from '../filelock/top-functions.mjs';
import { startFork } from './process.mjs';
import { recording } from './recording.mjs';
import { measureQwarden } from './scenarios/stream.mjs';

/** Texts that name the functions with the most time of their own; the profiles stay in `directory` for DevTools. */
export async function profile({ directory, events }) {
  const where = resolve(directory);
  mkdirSync(where, { recursive: true });
  const texts = [];
  for (const perLine of [1, 100]) {
    recording(events, perLine);
    const server = startFork('server.mjs');
    try {
      say(`profiling, ${perLine} a line`);
      const at = await server.told('listening');
      const name = `sqlite-by-${perLine}.cpuprofile`;
      const execArgv = ['--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${where}`, `--cpu-prof-name=${name}`];
      await measureQwarden({ server, at, events, kind: 'sqlite', ruleCount: 10, perLine, execArgv });
      texts.push(`${name}\n${topFunctions(join(where, name))}`);
    } finally {
      await server.stop();
    }
  }
  return texts;
}
