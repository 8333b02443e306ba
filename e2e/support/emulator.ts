import { createClient, type QumuloClient } from '@qwarden/qumulo-client';
import { onTestFinished } from 'vitest';
import { type Running, start, temporaryDirectory } from './qwarden.ts';

/** What `qwarden emulator --json` says. */
export interface Emulator {
  url: string;
  host: string;
  port: number;
  username: string;
  password: string;
  accessToken: string;
  fingerprint256: string;
  running: Running;
  /** As its administrator. */
  client: QumuloClient;
}

/** An emulated cluster in its own process. It ends with the test. */
export async function startEmulator(...args: string[]): Promise<Emulator> {
  const running = start(['emulator', '--port', '0', '--json', ...args], { cwd: temporaryDirectory() });
  const facts = await running.untilJson(() => true, 'the emulator');
  const texts = { url: String(facts.url), host: String(facts.host), username: String(facts.username) };
  const secrets = { password: String(facts.password), accessToken: String(facts.accessToken) };
  const plain = args.includes('--no-tls');
  const fingerprint256 = plain ? '' : String(facts.fingerprint256);
  const client = createClient({
    host: texts.host,
    port: Number(facts.port),
    protocol: plain ? 'http' : 'https',
    credentials: { username: texts.username, password: secrets.password },
    ...(!plain && { tls: { fingerprint256 } }),
  });
  onTestFinished(() => client.close());
  return { ...texts, ...secrets, port: Number(facts.port), fingerprint256, running, client };
}

/** Environment that leads qwarden to an emulator, with its certificate pinned. */
export function pinned(emulator: Emulator): Record<string, string> {
  return { ...unpinned(emulator), QWARDEN_TLS_FINGERPRINT: emulator.fingerprint256 };
}

/** The same without any trust in its certificate. */
export function unpinned(emulator: Emulator): Record<string, string> {
  return {
    QWARDEN_HOST: emulator.host,
    QWARDEN_PORT: String(emulator.port),
    QWARDEN_USERNAME: emulator.username,
    QWARDEN_PASSWORD: emulator.password,
  };
}
