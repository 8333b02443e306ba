// podman and buildah with a store, locks and networks of their own below .cache/deploy, so that nothing else of this machine is touched.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms, ensureRoot, home, run } from './tools.mjs';

const conf = join(home, 'containers.conf');
const storage = join(home, 'storage.conf');
/** Where podman keeps what it knows of all networks, whatever its settings. */
const SHARED = '/run/containers/networks';

/** What podman, buildah and docker-compose are run with. */
export const containerEnvironment = {
  ...process.env,
  CONTAINERS_CONF: conf,
  CONTAINERS_STORAGE_CONF: storage,
  // A proxy of this machine is none of a container's.
  NO_COLOR: '1',
};

/** Installs what is missing, and writes the settings. Throws MissingError. */
export function ensureContainers() {
  ensureRoot('A container engine for the tests');
  const programs = {
    buildah: 'buildah',
    podman: 'podman',
    runc: 'runc',
    conmon: 'conmon',
    netavark: 'netavark',
    'aardvark-dns': 'aardvark-dns',
    mmdebstrap: 'mmdebstrap',
    ip: 'iproute2',
    unshare: 'util-linux',
    iptables: 'iptables',
  };
  ensurePrograms(programs, 'building and running images');
  mkdirSync(home, { recursive: true });
  // No limits that a machine without CAP_SYS_RESOURCE could not set; runc, since crun refuses hybrid cgroups.
  writeFileSync(
    conf,
    `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
lock_type = "file"
tmp_dir = "${join(home, 'run', 'tmp')}"
static_dir = "${join(home, 'storage', 'libpod')}"
volume_path = "${join(home, 'storage', 'volumes')}"
[network]
network_backend = "netavark"
network_config_dir = "${join(home, 'storage', 'networks')}"
`,
  );
  writeFileSync(
    storage,
    `[storage]
driver = "overlay"
graphroot = "${join(home, 'storage')}"
runroot = "${join(home, 'run')}"
`,
  );
}

/** A process that keeps namespaces for us: it ends, and they with it, when we do. */
let keeper;

/**
 * Opens a network namespace for everything that podman runs: its bridges, its name server and its firewall rules are there and nowhere else. And
 * one of mounts, since podman's networks share one directory for all of a machine: the name server of another namespace would be asked.
 */
async function openNetwork() {
  const networks = join(home, 'run', 'networks');
  rmSync(networks, { recursive: true, force: true });
  mkdirSync(networks, { recursive: true });
  mkdirSync(SHARED, { recursive: true });
  const steps = ['ip link set lo up', 'mount --bind "$1" "$2"', 'echo up', 'exec cat >/dev/null'];
  keeper = spawn('unshare', ['--net', '--mount', 'sh', '-c', steps.join(' && '), 'sh', networks, SHARED], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(keeper, 'exit').then(() => {
    throw new Error('no namespaces could be made (unshare --net --mount, ip link set lo up, mount --bind).');
  });
  await Promise.race([once(keeper.stdout, 'data'), ended]);
  ended.catch(() => undefined);
}

/** Takes away all containers, networks and volumes, then the namespace. Images stay for the next time. */
async function closeNetwork() {
  removeEverything();
  const ended = once(keeper, 'exit');
  keeper.stdin.end();
  await ended;
  keeper = undefined;
  for (const controller of readdirSync('/sys/fs/cgroup')) {
    // Others of this machine may have something in it: then it stays.
    try {
      const parent = join('/sys/fs/cgroup', controller, 'libpod_parent');
      if (existsSync(join(parent, 'conmon'))) rmdirSync(join(parent, 'conmon'));
      rmdirSync(parent);
    } catch {}
  }
}

/** The command line that runs a program in those namespaces. */
export function inNetwork(program, args) {
  if (keeper === undefined) return [program, args];
  const place = `/proc/${keeper.pid}/ns`;
  return ['nsenter', [`--net=${place}/net`, `--mount=${place}/mnt`, program, ...args]];
}

export function podman(args, options = {}) {
  return run(...inNetwork('podman', args), { env: containerEnvironment, ...options });
}

export function buildah(args, options = {}) {
  return run('buildah', args, { env: containerEnvironment, ...options });
}

export function hasImage(name) {
  return podman(['image', 'exists', name], { may: true }).status === 0;
}

/** Of a container of the test's: what it wrote on both streams. */
export function logsOf(name) {
  const { stdout, stderr } = podman(['logs', name], { may: true });
  return `${stdout}${stderr}`;
}

/** `podman inspect` of one thing, read. */
export function inspect(name) {
  return JSON.parse(podman(['inspect', name]).stdout)[0];
}

/** Takes away what the tests left: containers, networks, volumes. */
function removeEverything() {
  podman(['rm', '--all', '--force', '--volumes', '--time', '0'], { may: true });
  podman(['network', 'prune', '--force'], { may: true });
  podman(['volume', 'prune', '--force'], { may: true });
  buildah(['rm', '--all'], { may: true });
}

/** Runs the steps' work in a network of its own, and cleans up whatever happens. */
export async function withNetwork(work) {
  // Of a run that was killed.
  removeEverything();
  await openNetwork();
  try {
    return await work();
  } finally {
    await closeNetwork();
  }
}
