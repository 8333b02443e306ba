// A million settle times that wait at once: what each costs in process memory, how fast they are set, and what happens when all are over.
import { calm } from '../../filelock/calm.mjs';
import { say } from '../../filelock/progress.mjs';
import { startFork } from '../process.mjs';
import { runDue } from './jobs.mjs';

const SETTLE_MS = 86_400_000;

export async function timers({ timers: count }) {
  const server = startFork('server.mjs');
  try {
    const at = await server.told('listening');
    await calm();
    const result = await runDue({ at, kind: 'sqlite', count, settleMs: SETTLE_MS });
    say(
      `timers: ${count}, armed ${Math.round(result.armedPerSecond)}/s, longest stretch ${result.longestMs.toFixed(1)} ms`,
    );
    return { count, ...result };
  } finally {
    await server.stop();
  }
}
