import { expect, test } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import { readRuleFile, ruleText } from '../../../src/commands/monitor/rule-file.ts';

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
