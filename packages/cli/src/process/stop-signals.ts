import { closeSync, openSync } from 'node:fs';

/** One Ctrl-C arrives several times: from the terminal, and passed on by npm or the launcher. Nobody presses twice so fast. */
const ECHO_MS = 150;

/**
 * SIGINT and SIGTERM ask to stop, and so does the end of the terminal it was started on: the first time gracefully, the second
 * time at once (exit code 128 + the signal's number). SIGHUP without the end of a terminal means something else (logs). Call `release` when the work is over.
 */
export function stopOnSignals(onFirst: (signal: NodeJS.Signals) => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let firstAt = Number.NEGATIVE_INFINITY;
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY;
  const numbers = [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const;
  const handlers = numbers.map(([name, number]) => {
    const handler = () => {
      if (name === 'SIGHUP' && !(onTerminal && terminalIsGone())) return;
      if (controller.signal.aborted) {
        if (performance.now() - firstAt < ECHO_MS) return;
        process.exit(128 + number);
      }
      firstAt = performance.now();
      controller.abort();
      onFirst(name);
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  return {
    signal: controller.signal,
    release: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}

function terminalIsGone(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}
