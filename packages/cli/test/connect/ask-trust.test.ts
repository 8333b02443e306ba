import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepFingerprint } from '../../src/connect/ask-trust.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qwarden-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const fingerprint = 'AB:CD';

it('keeps an accepted fingerprint in the configuration file', async () => {
  const file = join(directory, 'c.ini');
  writeFileSync(file, '[DEFAULT]\nAPI_HOST = a\n');
  const said: string[] = [];
  await keepFingerprint(fingerprint, file, (text) => said.push(text));
  expect(readFileSync(file, 'utf8')).toContain('TLS_FINGERPRINT = AB:CD');
  expect(said).toEqual([`Fingerprint saved to ${file}`]);
});

it('says how to keep it where the file cannot be written, and goes on', async () => {
  const said: string[] = [];
  await keepFingerprint(fingerprint, join(directory, 'gone/c.ini'), (text) => said.push(text));
  expect(said.join()).toMatch(/Cannot save it.*ENOENT.*--tls-fingerprint AB:CD/);
});
