import { startEmulator } from '@qwarden/qumulo-emulator';
import type { ValuesOf } from '../../options/definition.ts';
import type { emulatorOptions } from '../../options/table/emulator.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';

/** `qwarden emulator`: runs until it is told to stop. */
export async function runEmulator(values: ValuesOf<typeof emulatorOptions>): Promise<void> {
  const { host, port, username, password, tls } = values;
  const emulator = await startEmulator({ host, port, username, tls, ...(password !== undefined && { password }) });
  const { url, accessToken, fingerprint256 } = emulator;
  const facts = {
    url,
    host: emulator.host,
    port: emulator.port,
    username: emulator.username,
    password: emulator.password,
    accessToken,
    fingerprint256,
  };
  writeTo(process.stdout, values.json ? `${JSON.stringify(facts)}\n` : describe(facts));
  const stop = stopOnSignals(() => undefined);
  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  await emulator.close();
  stop.release();
}

function describe(facts: {
  url: string;
  username: string;
  password: string;
  accessToken: string;
  fingerprint256: string | null;
}): string {
  const lines = [
    `Emulated cluster listening on ${facts.url}`,
    `  user          ${facts.username}`,
    `  password      ${facts.password}`,
    `  access token  ${facts.accessToken}`,
  ];
  if (facts.fingerprint256) lines.push(`  fingerprint   ${facts.fingerprint256}`);
  lines.push('Everything is in memory. Ctrl-C ends it.', '');
  return lines.join('\n');
}
