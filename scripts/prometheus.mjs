// `node scripts/prometheus.mjs`: prints the paths of promtool and prometheus for the tests of deploy/, a line each. Finds them, or installs them
// where that is possible without asking anybody (as root on Debian or Ubuntu), or says what to install. Everything but the paths goes to stderr.
import { pathToFileURL } from 'node:url';
import { canInstall, findProgram, installPackages } from './programs.mjs';

const NAMES = ['promtool', 'prometheus'];

function say(text) {
  process.stderr.write(`qwarden setup: ${text}\n`);
}

function install() {
  if (!canInstall()) return;
  say(
    'the alert rules are tried with a real Prometheus, and there is none: installing the package prometheus with apt-get (96 MB; its service is not started).',
  );
  installPackages('prometheus');
}

/** `{ promtool, prometheus }`, each a path; undefined when one cannot be had here. */
export function findPrometheus() {
  if (NAMES.some((name) => findProgram(name) === undefined)) install();
  const found = Object.fromEntries(NAMES.map((name) => [name, findProgram(name)]));
  return NAMES.every((name) => found[name] !== undefined) ? found : undefined;
}

export const HOW_TO_INSTALL =
  'no prometheus and promtool were found. Install them (Debian, Ubuntu: apt-get install prometheus; Fedora: dnf install golang-github-prometheus; macOS: brew install prometheus).';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = findPrometheus();
  if (found === undefined) {
    say(HOW_TO_INSTALL);
    process.exitCode = 1;
  } else {
    for (const name of NAMES) console.log(found[name]);
  }
}
