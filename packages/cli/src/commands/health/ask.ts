import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { errnoOf } from '../../errors/errno.ts';
import { parseListenAddress, urlOf } from '../../http/address.ts';
import { oneLine } from '../../log/escape.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { healthOptions } from '../../options/table/health.ts';
import { writeTo } from '../../process/streams.ts';

const PATIENCE_MS = 5000;
/** Of an answer that is not ours nobody wants more. */
const MOST_SHOWN = 200;

/** Asks once, and prints the answer. Resolves with the exit code. */
export async function askHealth(values: ValuesOf<typeof healthOptions>): Promise<ExitCode> {
  const url = addressOf(values);
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    throw new CliError('failed', `${url.href} does not answer (${reasonOf(error)}).`, { cause: error });
  }
  const text = oneLine((await response.text()).trim()).slice(0, MOST_SHOWN);
  if (!response.ok) {
    writeTo(process.stderr, `qwarden: ${url.href}: ${text || 'no reason given'} (${response.status})\n`);
    return ExitCode.failed;
  }
  writeTo(process.stdout, `${text}\n`);
  return ExitCode.ok;
}

function addressOf({ url, listen, live }: ValuesOf<typeof healthOptions>): URL {
  const address = listen === undefined ? undefined : parseListenAddress(listen);
  const asked = url ?? (address && urlOf(address));
  if (asked === undefined) {
    throw new CliError('usage', 'Whom to ask?', {
      remedy: 'Name the address that it listens on: --url http://127.0.0.1:9464, or QWARDEN_LISTEN as it has it.',
    });
  }
  const full = new URL(asked);
  if (full.pathname === '/') full.pathname = live ? '/healthz' : '/readyz';
  return full;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `not within ${PATIENCE_MS / 1000} s`;
  return errnoOf(error.cause) ?? (error.cause instanceof Error ? error.cause.message : error.message);
}
