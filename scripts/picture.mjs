// `node scripts/picture.mjs`: records the demo on a terminal and makes the README's picture of it, docs/images/demo.svg.
// What it needs it puts into .cache/picture: asciinema (from PyPI) to record, svg-term-cli (from npm) to draw. Beside these: python3 with venv, and
// script(1) of util-linux, which gives the recording a terminal of a fixed size.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureReady, root, say, toolEnvironment } from './toolchain.mjs';

const COLUMNS = 96;
const ROWS = 31;
const SECONDS = 24;
/** Pictures a second: the demo draws more, and nobody sees them. */
const FRAMES_PER_SECOND = 1.5;
/** The longest that one picture stays: a busy machine is no reason to look at a still one. */
const LONGEST_SECONDS = 1;
/** How long the last picture, the proof, is shown. */
const PROOF_SECONDS = 8;

const place = join(root, '.cache', 'picture');
const asciinema = join(place, 'venv', 'bin', 'asciinema');
const svgTerm = join(place, 'node_modules', '.bin', 'svg-term');
const cast = join(place, 'demo.cast');
const picture = join(root, 'docs', 'images', 'demo.svg');

function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: place,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: toolEnvironment(),
    ...options,
  });
  if (done.error) throw new Error(`could not run ${command}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`"${command} ${args.join(' ')}" ended with ${done.status ?? done.signal}`);
}

function install() {
  mkdirSync(place, { recursive: true });
  if (!existsSync(asciinema)) {
    say('installing asciinema 2.4.0 into .cache/picture.');
    run('python3', ['-m', 'venv', 'venv']);
    run(join(place, 'venv', 'bin', 'pip'), ['install', '--quiet', 'asciinema==2.4.0']);
  }
  if (!existsSync(svgTerm)) {
    say('installing svg-term-cli 2.1.1 into .cache/picture.');
    writeFileSync(join(place, 'package.json'), '{ "private": true }\n');
    // It does not know the newer React that npm would choose.
    run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '-E',
      'svg-term-cli@2.1.1',
      'react@16',
      'react-dom@16',
    ]);
  }
}

/** Output that came close together as one: each piece of it becomes a picture. */
function fewerFrames(text) {
  const [head, ...lines] = text.trim().split('\n');
  const frames = [];
  for (const line of lines) {
    const [time, kind, data] = JSON.parse(line);
    const last = frames.at(-1);
    if (kind !== 'o') continue;
    if (last && time - last.since < 1 / FRAMES_PER_SECOND) last.data += data;
    else frames.push({ since: time, data });
  }
  let at = 0;
  const timed = frames.map(({ since, data }, index) => {
    at += Math.min(since - (frames[index - 1]?.since ?? 0), LONGEST_SECONDS);
    return JSON.stringify([at, 'o', data]);
  });
  return [head, ...timed, JSON.stringify([at + PROOF_SECONDS, 'o', ' ']), ''].join('\n');
}

ensureReady();
install();
say(`recording the demo, ${SECONDS} s and its proof.`);
const demo = `'${asciinema}' rec --quiet --overwrite --command '${join(root, 'qwarden')} demo --for ${SECONDS}s' '${cast}'`;
run('script', ['-qec', `stty cols ${COLUMNS} rows ${ROWS}; ${demo}`, '/dev/null'], {
  env: { ...toolEnvironment(), TERM: 'xterm-256color' },
});
const recorded = readFileSync(cast, 'utf8');
if (!recorded.includes('Every file that should be locked is'))
  throw new Error('the demo has proved nothing: no picture is made of it');
writeFileSync(cast, fewerFrames(recorded));
run(svgTerm, ['--in', cast, '--out', picture, '--window', '--width', String(COLUMNS), '--height', String(ROWS)]);
say(`docs/images/demo.svg: ${Math.round(readFileSync(picture).length / 1024)} kB.`);
