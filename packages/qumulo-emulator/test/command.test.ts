import { describe, expect, it } from 'vitest';
import { type Emulator, type EmulatorCommandOptions, runEmulatorCommand, startEmulator } from '../src/index.ts';

/** Runs the command until it listens, then ends it. */
async function run(
  options: EmulatorCommandOptions,
  look: (emulator: Emulator, stdout: string) => void | Promise<void> = () => {},
) {
  const control = new AbortController();
  let stdout = '';
  let stderr = '';
  let looking: Promise<void> = Promise.resolve();
  const code = await runEmulatorCommand(options, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: control.signal,
    onListening: (emulator) => {
      looking = Promise.resolve(look(emulator, stdout)).finally(() => {
        control.abort();
      });
    },
  });
  await looking;
  return { code, stdout, stderr };
}

describe('the emulator command', () => {
  it('prints exactly one JSON line once it listens', async () => {
    const { code, stdout } = await run({ port: 0, json: true, username: 'root', password: 'secret' });
    expect(code).toBe(0);
    expect(stdout.endsWith('\n')).toBe(true);
    expect(stdout.trimEnd()).not.toContain('\n');
    const line: unknown = JSON.parse(stdout);
    expect(Object.keys(Object(line))).toEqual([
      'url',
      'host',
      'port',
      'username',
      'password',
      'accessToken',
      'fingerprint256',
    ]);
    expect(line).toMatchObject({
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      host: '127.0.0.1',
      port: expect.any(Number),
      username: 'root',
      password: 'secret',
      fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  it('prints the same for people, and answers while it runs', async () => {
    const { stdout } = await run({ port: 0, tls: false }, async (emulator) => {
      const answer = await fetch(`${emulator.url}/v1/session/who-am-i`, {
        headers: { authorization: `Bearer ${emulator.accessToken}` },
      });
      expect(answer.status).toBe(200);
    });
    expect(stdout).toContain('http://127.0.0.1:');
    expect(stdout).toContain('Admin123!');
    expect(stdout).not.toContain('SHA-256');
  });

  it('says what to do when the port is taken', async () => {
    await using taken = await startEmulator({ tls: false });
    const { code, stdout, stderr } = await run({ port: taken.port, json: true });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`port ${taken.port} is in use; choose another with --port`);
  });

  it('logs requests on stderr only when asked, without secrets', async () => {
    const { stderr } = await run({ port: 0, tls: false, accessLog: true, password: 'hidden' }, async (emulator) => {
      await fetch(`${emulator.url}/v1/session/login?token=x`, {
        method: 'POST',
        body: '{"username":"admin","password":"hidden"}',
      });
    });
    expect(stderr).toMatch(/^POST \/v1\/session\/login 200 [\d.]+ ms\n$/);
  });

  it('makes a password up when asked', async () => {
    await using emulator = await startEmulator({ password: 'random', tls: false });
    expect(emulator.password).toMatch(/^[\w+/=]{20}$/);
  });
});
