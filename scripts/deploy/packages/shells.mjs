// Completions and man pages where they are used: in real shells on a terminal, and by man itself.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, start } from './processes.mjs';

/** A shell on a terminal without anybody's settings; Ctrl-X prints the line as it stands. */
const SHELLS = {
  bash: {
    command: 'bash --noprofile --norc -i',
    file: 'bash-completion/completions/qwarden',
    setUp: (file) =>
      `PS1='ready> '; source ${file}; show() { printf '\\n<%s>\\n' "$READLINE_LINE"; }; bind -x '"\\C-x": show'`,
  },
  zsh: {
    command: 'zsh -f -i',
    file: 'zsh/site-functions/_qwarden',
    setUp: (file) =>
      `PS1='ready> '; fpath=(${dirname(file)} $fpath); autoload -Uz compinit; compinit -u -D; ` +
      `show() { zle -I; print -r -- "<$BUFFER>" }; zle -N show; bindkey '^X' show`,
  },
};

/** What was typed, and what the line is after the Tab key. */
const TYPED = [
  ['qwarden supp', 'qwarden support-bundle'],
  ['qwarden locks ver', 'qwarden locks verify'],
  ['qwarden filelock --dry', 'qwarden filelock --dry-run'],
  ['qwarden filelock --existing rep', 'qwarden filelock --existing report'],
  ['qwarden completion z', 'qwarden completion zsh'],
  ['qwarden rules check my-', 'qwarden rules check my-rules.yml'],
];

/** A shell of its own for each: what is typed while another answer is printed would be the terminal's, and not the shell's. */
async function completes(shell, share, { cwd, env }, [before, after]) {
  const { command, file, setUp } = SHELLS[shell];
  const terminal = start('script', ['--quiet', '--command', command, '/dev/null'], { cwd, env, input: true });
  try {
    terminal.stdin.write(`${setUp(join(share, file))}; printf 'is %s\\n' ready\n`);
    await terminal.says(/is ready\s[^]*ready> /);
    terminal.stdin.write(`${before}\t`);
    // A key that comes while the shell is still completing can be lost.
    for (let left = 20; left > 0; left -= 1) {
      terminal.stdin.write('\u0018');
      const shown = await terminal.says(/<qwarden [^>]*>/, 2_000).catch(() => undefined);
      if (shown === undefined) continue;
      assert.equal(shown[0].replace(/ ?>$/, ''), `<${after}`);
      return;
    }
    assert.fail(`"${before}": nothing is shown: ${terminal.output().stdout}`);
  } finally {
    terminal.kill('SIGKILL');
    await terminal.closed;
  }
}

/** fish says itself what it would offer; it looks for completions of commands alone that are there. */
async function fishCompletes(share, { cwd, env }, [before, after]) {
  const { stdout } = await run('fish', ['--private', '-c', `complete --do-complete "${before}"`], {
    cwd,
    env: { ...env, XDG_DATA_DIRS: share },
  });
  // Each line: the word, a Tab, and what it is.
  const words = stdout.split('\n').map((line) => line.split('\t')[0]);
  assert.ok(words.includes(after.split(' ').at(-1)), `"${before}": ${stdout}`);
}

/** @param tree the directory with `bin` and `share` of what was installed. */
export async function testCompletions(test, tree, temporary) {
  const share = join(tree, 'share');
  const shells = {
    ...Object.fromEntries(Object.keys(SHELLS).map((shell) => [shell, (...all) => completes(shell, ...all)])),
    fish: fishCompletes,
  };
  for (const [shell, complete] of Object.entries(shells)) {
    await test(`${shell} completes commands, flags, values and files`, async () => {
      const cwd = temporary();
      writeFileSync(join(cwd, 'my-rules.yml'), '');
      const env = { PATH: `${join(tree, 'bin')}:${process.env.PATH}`, HOME: cwd, TERM: 'dumb', LANG: 'C' };
      for (const typed of TYPED) await complete(share, { cwd, env }, typed);
    });
  }
}

/** @param bin where qwarden is; man finds the pages by PATH. */
export async function testManPages(test, bin, commands) {
  await test(`man finds a page of each of the ${commands.length} commands, and has nothing to complain of`, async () => {
    const env = { PATH: `${bin}:${process.env.PATH}`, LANG: 'C.UTF-8', MANWIDTH: '100', MANPAGER: 'cat' };
    for (const page of ['qwarden', ...commands.map((name) => `qwarden-${name}`)]) {
      const { stdout } = await run('man', ['-w', page], { cwd: bin, env });
      assert.equal(stdout.trim(), join(bin, '..', 'share', 'man', 'man1', `${page}.1`));
      const shown = await run('man', ['--warnings=all', page], { cwd: bin, env });
      assert.equal(shown.stderr, '', page);
      assert.match(shown.stdout, new RegExp(`${page}\\s+-\\s.*[\\s\\S]*^SYNOPSIS`, 'm'));
    }
  });
}
