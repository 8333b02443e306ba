import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completionFor } from '../../../src/commands/completion/shells.ts';

const place = mkdtempSync(join(tmpdir(), 'qwarden-completion-'));
const script = join(place, 'qwarden.bash');

/** What a real bash offers for these words, the last of which is being typed. */
function offers(...words: string[]): string[] {
  const program = `
source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
_qwarden
for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`;
  const done = spawnSync('bash', ['--norc', '-c', program, script, 'qwarden', ...words], {
    cwd: place,
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
  return done.stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(process.platform === 'win32')('qwarden completion bash', () => {
  beforeAll(async () => {
    writeFileSync(script, await completionFor('bash'));
    writeFileSync(join(place, "rules of O'Hara.yml"), '');
    mkdirSync(join(place, 'state'));
  });
  afterAll(() => {
    rmSync(place, { recursive: true, force: true });
  });

  it('is registered for the command', () => {
    const done = spawnSync('bash', ['--norc', '-c', 'source "$0"; complete -p qwarden', script], { encoding: 'utf8' });
    expect(done.stdout).toBe('complete -F _qwarden qwarden\n');
  });

  it.each([
    [['lo'], ['locks']],
    [
      ['locks', ''],
      ['list', 'verify', 'coverage'],
    ],
    [['locks', 'list', '--fo'], ['--format']],
    [['filelock', '--existing', 're'], ['report']],
    // bash takes --existing=re for three words.
    [['filelock', '--existing', '=', 're'], ['report']],
    [
      ['filelock', '--existing', '='],
      ['ignore', 'report', 'lock'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['rules', 'check', 'rules'], ["rules of O'Hara.yml"]],
    [['filelock', '--state-dir', ''], ['state']],
    [['filelock', '--directory-path', ''], []],
    [['nonsense', 'lo'], ['locks']],
  ])('%j: %j', (words, expected) => {
    expect(offers(...words)).toEqual(expected);
  });

  it('offers no flag that the help does not list', () => {
    const flags = offers('filelock', '--');
    expect(flags).toContain('--no-builtin-excludes');
    expect(flags).not.toContain('--builtin-excludes');
    expect(flags).not.toContain('--no-recursive');
  });
});
