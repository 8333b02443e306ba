// Runs the commands of one page in one temporary directory, in the order of the page, with a cluster in memory beside them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../toolchain.mjs';
import { isShown } from './compare.mjs';
import { BEFORE, TRIED_ELSEWHERE } from './elsewhere.mjs';
import { readPage } from './page.mjs';
import { makePlace } from './place.mjs';
import { Shell } from './shell.mjs';

const PATIENCE_MS = 180_000;

/** Tries every command of `text`. Resolves with how many ran, and what was not run and why; throws with the line of what is not as the page says. */
export async function tryPage(name, text) {
  const items = readPage(text);
  const notRun = [];
  const elsewhere = TRIED_ELSEWHERE.get(name) ?? items.find(({ kind }) => kind === 'not-run-page')?.reason;
  if (elsewhere !== undefined) {
    const commands = items.flatMap((item) => item.steps?.map(({ command }) => command) ?? item.commands ?? []);
    return { ran: 0, notRun: commands.map((command) => ({ page: name, command, reason: elsewhere })) };
  }
  if (!items.some(({ kind }) => kind === 'commands' || kind === 'not-run')) return { ran: 0, notRun };
  const place = await makePlace();
  const shell = new Shell({ directory: place.directory, environment: place.environment, scratch: place.logs });
  let ran = 0;
  try {
    for (const command of BEFORE.get(name) ?? []) await hidden(command, { place, shell });
    for (const item of items) {
      try {
        if (item.kind === 'not-run')
          notRun.push(...item.commands.map((command) => ({ page: name, command, reason: item.reason })));
        else ran += await tryItem(item, { place, shell, notRun, name });
      } catch (error) {
        throw new Error(`${name}:${item.line}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  } finally {
    await shell.close();
    place.remove();
  }
  return { ran, notRun };
}

async function tryItem(item, world) {
  const { place, shell } = world;
  if (item.kind === 'file') {
    const file = join(place.directory, item.name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, place.here(item.text));
    return 0;
  }
  if (item.kind === 'hidden') {
    for (const command of item.text.split('\n')) if (command.trim() !== '') await hidden(command, world);
    return 0;
  }
  if (item.kind === 'stop') {
    const { code, printed } = await shell.stop(item.name);
    if (code !== Number(item.exits ?? 0))
      throw new Error(`${item.name} ended with ${code} after Ctrl-C; it had printed:\n${place.shown(printed)}`);
    return 0;
  }
  if (item.kind === 'said') {
    await comes(
      `what runs as ${item.name}`,
      item.shown.flatMap((line) => ['…', line]),
      item.name,
      world,
    );
    return 0;
  }
  return await tryCommands(item, world);
}

const NFS = `nfs() { curl -sk https://127.0.0.1:8000/_emulator/clients -d "{\\"protocol\\":\\"nfs\\",\\"action\\":\\"$1\\",\\"path\\":\\"$2\\",\\"to\\":\\"$3\\",\\"data\\":\\"some text\\"}" | grep '"done":true' > /dev/null; }`;

/**
 * A cluster that the page takes for granted: `cluster /records /in` has these directories, the configuration file names it, $TOKEN is an access
 * token of it, and `nfs write PATH` does what a client does.
 */
async function giveCluster(directories, { place, shell }) {
  await shell.start('cluster', './qwarden emulator --json');
  await comes('the emulator', ['…}'], 'cluster', { place, shell });
  const { accessToken } = JSON.parse(shell.said('cluster'));
  const setup = [
    `export TOKEN='${accessToken}'`,
    NFS,
    "./qwarden configure --host 127.0.0.1:8000 --username admin --password 'Admin123!' --yes",
    ...directories.map((path) => `nfs mkdir ${path}`),
  ];
  for (const command of setup) await hidden(command, { place, shell });
}

/** A command that readers do not see; `background NAME COMMAND` starts one that stays, `cluster PATH…` see above. */
async function hidden(command, { place, shell }) {
  const [word, name, ...rest] = command.trim().split(' ');
  if (word === 'cluster') {
    await giveCluster([name, ...rest].filter(Boolean), { place, shell });
    return;
  }
  if (word === 'background') {
    await shell.start(name, place.here(rest.join(' ')));
    return;
  }
  const { code, printed } = await shell.run(place.here(command));
  if (code !== 0) throw new Error(`hidden: "${command}" ended with ${code}:\n${printed}`);
}

/** No page is to do this to the machine of whoever runs the tests. */
const CHANGES_THE_MACHINE =
  /^\s*(?:sudo|systemctl|apt(?:-get)?|dnf|docker|podman|helm|kubectl|systemd-\w+|npm (?:un)?install (?:--global|-g))\b/m;

async function tryCommands(item, { place, shell, notRun, name }) {
  const { how } = item;
  if (how.without !== undefined && how.because === undefined) throw new Error('"without" needs a "because"');
  const left = item.steps.filter(({ command }) => how.without !== undefined && command.startsWith(how.without));
  if (how.without !== undefined && left.length === 0) throw new Error(`no command begins with "${how.without}"`);
  notRun.push(...left.map(({ command }) => ({ page: name, command, reason: how.because })));
  const steps = item.steps.filter((step) => !left.includes(step));
  const rash = steps.find(({ command }) => CHANGES_THE_MACHINE.test(command));
  if (rash) throw new Error(`"${rash.command}" changes this machine: it is not run here, and the block has to say so`);
  for (const [index, { command, shown }] of steps.entries()) {
    const isLast = index === steps.length - 1;
    if (isLast && how.background) await stays(command, shown, how, { place, shell });
    else await ends(command, shown, { ...how, exits: isLast ? Number(how.exits ?? 0) : 0 }, { place, shell });
  }
  return steps.length;
}

async function stays(command, shown, how, { place, shell }) {
  if (how.name === undefined) throw new Error('what runs in the background needs a name');
  await shell.start(how.name, place.here(withoutRemark(command)));
  await comes(command, how.until === undefined ? (shown ?? []) : ['…', `…${how.until}…`], how.name, { place, shell });
}

/** Waits until what runs in the background has printed these lines. */
async function comes(what, lines, name, { place, shell }) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!isShown(lines, place.shown(shell.said(name)), { andMore: true })) {
    if (!shell.runs(name) || Date.now() > deadline)
      throw new Error(differs(what, lines, place.shown(shell.said(name))));
    await pause(50);
  }
}

async function ends(command, shown, { eventually, exits, in: where, within }, { place, shell }) {
  const inPlace = where === 'clone' ? `(cd '${root}' && ${command.replace(/\s#\s.*$/, '')}\n)` : command;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { code, printed } = await shell.run(place.here(inPlace), {
      withinMs: within ? Number(within) * 1000 : PATIENCE_MS,
    });
    const isRight =
      code === exits && (shown === undefined || shown.length === 0 || isShown(shown, place.shown(printed)));
    if (isRight) return;
    if (!eventually || Date.now() > deadline) {
      if (code !== exits) throw new Error(`"${command}" ended with ${code} and not ${exits}:\n${place.shown(printed)}`);
      throw new Error(differs(command, shown, place.shown(printed)));
    }
    await pause(250);
  }
}

const withoutRemark = (command) => command.replace(/\s+#\s.*$/, '');

function differs(command, shown, printed) {
  return `"${command}" printed\n${printed.replace(/^/gm, '  | ')}\nand the page shows\n${shown.join('\n').replace(/^/gm, '  | ')}`;
}
