// Every command of the documentation is run, in the order of its page, and what the page shows is compared with what is printed.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryPage } from '../docs/try-page.mjs';
import { root } from '../toolchain.mjs';
import { ensurePrograms, MissingError } from './tools.mjs';

export const title = 'every command of the documentation';

export async function missing() {
  try {
    ensurePrograms({ bash: 'bash', curl: 'curl', sqlite3: 'sqlite3' }, 'the test of the documentation');
  } catch (error) {
    if (error instanceof MissingError) return error.message;
    throw error;
  }
  const redis = spawnSync(process.execPath, ['scripts/redis.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return redis.status === 0 ? undefined : 'docs/how-to/redis.md needs a redis-server (above is how to install one).';
}

/** Pages of the documentation, as paths in the repository: QWARDEN_DOCS=PART keeps those whose path has that part. */
function pages() {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const all = [
    'README.md',
    ...below
      .filter((path) => path.endsWith('.md'))
      .map((path) => join('docs', path))
      .sort(),
  ];
  return all.filter((path) => path.includes(process.env.QWARDEN_DOCS ?? ''));
}

/** Pages at a time: most of what they do is wait. */
const AT_ONCE = 3;

/** Begins with all pages, a few at a time. What becomes of each, by page, as a promise that never rejects. */
function tryAll(all) {
  const slots = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  const begun = all.map((page, index) => {
    const text = readFileSync(join(root, page), 'utf8');
    const outcome = slots[index % AT_ONCE].then(() =>
      tryPage(page, text).then(
        (done) => ({ done }),
        (error) => ({ error }),
      ),
    );
    slots[index % AT_ONCE] = outcome;
    return [page, outcome];
  });
  return new Map(begun);
}

/** A page with one thing wrong in it, and a word of what must be said about it. */
const planted = [
  ['a command that fails', '```sh\nfalse\n```', 'ended with 1'],
  ['an exit code that is another', '<!-- run: exits=3 -->\n```sh\ntrue\n```', 'ended with 0 and not 3'],
  ['a flag that is no more', '```sh\n./qwarden version --nothing\n```', 'ended with 2'],
  ['a shown line that is not printed', '```console\n$ echo one\ntwo\n```', 'and the page shows'],
  ['a printed line that is not shown', '```console\n$ printf "one\\ntwo\\n"\none\n```', 'and the page shows'],
  [
    'what stays and never says it',
    '<!-- run: background name=a until="never said" -->\n```sh\ntrue\n```',
    'and the page shows',
  ],
  ['a command that changes the machine', '```sh\nsudo true\n```', 'changes this machine'],
  ['a comment in front of nothing', '<!-- run: background -->\ntext', 'no block follows'],
  ['a hidden command that fails', '<!-- hidden\nfalse\n-->\n```sh\ntrue\n```', 'hidden: "false" ended with 1'],
];

export async function run(test) {
  for (const [what, text, words] of planted) {
    await test(`found when it is planted: ${what}`, async () => {
      const error = await tryPage('planted.md', text).then(
        () => undefined,
        (found) => found,
      );
      if (!(error instanceof Error && error.message.includes(words)))
        throw new Error(`it was not found: ${error?.message}`);
    });
  }
  await test('the mail server that pages use outlives those who hang up', async () => {
    const mail = 'node $CLONE/scripts/docs/receivers.mjs mail 2525 mails.txt';
    const hangUp = `node -e 'const s = require("net").connect({ port: 2525, host: "127.0.0.1" }, () => { s.write("EHLO x\\r\\n"); s.resetAndDestroy(); })'`;
    const page = [`background mail ${mail}`, 'until test -e mails.txt; do sleep 0.2; done', hangUp, hangUp, hangUp];
    // That it still listens a third and fourth time says that the ends before did not end it.
    await tryPage('hang-up.md', `<!-- hidden\n${page.join('\n')}\n-->\n\`\`\`sh\ntrue\n\`\`\``);
  });
  const notRun = [];
  let ran = 0;
  const all = pages();
  const outcomes = tryAll(all);
  for (const page of all) {
    await test(page, async () => {
      const { done, error } = await outcomes.get(page);
      if (error) throw error;
      ran += done.ran;
      notRun.push(...done.notRun);
    });
  }
  console.log(`\n${ran} commands were run; ${notRun.length} are not run:`);
  const reasons = Map.groupBy(notRun, ({ page, reason }) => `${page}: ${reason}`);
  for (const [reason, commands] of reasons) console.log(`  ${commands.length} of ${reason}`);
}
