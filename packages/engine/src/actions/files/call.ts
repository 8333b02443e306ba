import type { CallOptions } from '@qwarden/qumulo-client';
import type { ActionContext } from '../port.ts';

/** One try a call: the job has its own retries, with a breaker behind them. */
export function call(context: Pick<ActionContext, 'signal'>): Pick<CallOptions, 'signal' | 'retry'> {
  return { signal: context.signal, retry: false };
}
