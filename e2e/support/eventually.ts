import { vi } from 'vitest';
import { PATIENCE_MS } from './qwarden.ts';

/** Polls an assertion where there is nothing to subscribe to (another process's files); shows the last failure. */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 20 });
}
