import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import { readRuleFile, RuleFile, ruleText } from '../../../src/commands/monitor/rule-file.ts';

const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof CliError) return `${error.message} ${error.remedy ?? ''}`;
    throw error;
  }
  throw new Error('it was accepted');
};

test('what is no UTF-8 is refused with its line, and not read with other characters', () => {
  expect(ruleText(Buffer.from('a: /é'), 'r.yml')).toBe('a: /é');
  expect(refused(() => ruleText(Buffer.from('a: 1\nb: /é\n', 'latin1'), 'r.yml'))).toBe(
    'r.yml:2:1: The file cannot be read: there are bytes that are no UTF-8. Save it as UTF-8.',
  );
  expect(refused(() => ruleText(Buffer.from('\uFEFFa: 1\n', 'utf16le'), 'r.yml'))).toContain('it is UTF-16');
});

test('a file that cannot be read says why, and what to do', () => {
  expect(refused(() => readRuleFile('/'))).toMatch(/is a directory\. Name the file/);
  expect(refused(() => readRuleFile('/nowhere/r.yml'))).toMatch(/is not there\. Name it with --rules/);
});

/** Replaces a file as Kubernetes does it with the mount of a ConfigMap: a new directory, and one renaming of the link to it. */
function project(directory: string, version: string, text: string): void {
  mkdirSync(join(directory, version));
  writeFileSync(join(directory, version, 'rules.yml'), text);
  symlinkSync(version, join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
}

test('the swap of links by which Kubernetes replaces a ConfigMap is told at once, and that of the same content is not', async () => {
  // What is looked for each few seconds anyway is not the matter here.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const directory = mkdtempSync(join(tmpdir(), 'qwarden-rules-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'rules.yml');
  project(directory, '..1', 'one');
  symlinkSync(join('..data', 'rules.yml'), path);
  const told: string[] = [];
  let next = Promise.withResolvers<void>();
  const heard = (text: string) => {
    told.push(text);
    next.resolve();
    next = Promise.withResolvers();
  };
  const file = new RuleFile(path, readRuleFile(path), { changed: heard, unreadable: heard });
  onTestFinished(() => file.close());

  let awaited = next.promise;
  project(directory, '..2', 'two');
  rmSync(join(directory, '..1'), { recursive: true });
  await awaited;
  expect(told).toEqual(['two']);

  // The watch goes on with the directory, whatever the links in it lead to.
  awaited = next.promise;
  project(directory, '..3', 'two');
  project(directory, '..4', 'three');
  await awaited;
  expect(told).toEqual(['two', 'three']);
});

test('without an event, as on a network file system, a change is seen by looking', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const directory = mkdtempSync(join(tmpdir(), 'qwarden-rules-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'rules.yml');
  project(directory, '..1', 'one');
  symlinkSync(join('..data', 'rules.yml'), path);
  const told: string[] = [];
  const file = new RuleFile(path, 'one', { changed: (text) => told.push(text), unreadable: (text) => told.push(text) });
  onTestFinished(() => file.close());
  project(directory, '..2', 'two');
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['two']);
});
