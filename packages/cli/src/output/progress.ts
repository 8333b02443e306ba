import { writeTo } from '../process/streams.ts';
import { canDraw } from './terminal.ts';

export interface Progress {
  update(done: number): void;
  end(): void;
}

const PICTURE_MS = 100;

/** One line on stderr that counts; nothing where stderr is not a terminal. */
export function startProgress(what: string): Progress {
  if (!canDraw()) return { update: () => undefined, end: () => undefined };
  let last = 0;
  return {
    update(done) {
      const now = performance.now();
      if (now - last < PICTURE_MS) return;
      last = now;
      writeTo(process.stderr, `\r\x1b[K${done} ${what}`);
    },
    end() {
      if (last > 0) writeTo(process.stderr, '\r\x1b[K');
    },
  };
}
