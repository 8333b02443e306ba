// Where the CPU goes: V8's profiles of qwarden on the stream, one event a line and 100 a line, and of jobs, by function.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { say } from '../filelock/progress.mjs';
import { topFunctions } from '../filelock/top-functions.mjs';
import { startFork } from './process.mjs';
import { recording } from './recording.mjs';
import { runDue } from './scenarios/jobs.mjs';
import { measureQwarden } from './scenarios/stream.mjs';

/** Texts that name the functions with the most time of their own; the profiles stay in `directory` for DevTools. */
export async function profile({ directory, events, jobs }) {
  const where = resolve(directory);
  mkdirSync(where, { recursive: true });
  const one = async (name, measure) => {
    const server = startFork('server.mjs');
    try {
      say(`profiling, ${name}`);
      const at = await server.told('listening');
      const file = `${name}.cpuprofile`;
      await measure({
        server,
        at,
        kind: 'sqlite',
        execArgv: ['--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${where}`, `--cpu-prof-name=${file}`],
      });
      return `${file}\n${topFunctions(join(where, file))}\n`;
    } finally {
      await server.stop();
    }
  };
  const ofStream = (perLine) => {
    recording(events, perLine);
    return (more) => measureQwarden({ events, ruleCount: 10, perLine, ...more });
  };
  return [
    await one('stream-by-1', ofStream(1)),
    await one('stream-by-100', ofStream(100)),
    await one('jobs', (more) => runDue({ count: jobs, settleMs: 0, ...more })),
  ];
}
