// podman and buildah with a store, locks and networks of their own below .cache/deploy, so that nothing else of this machine is touched.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms, ensureRoot, home, run } from './tools.mjs';

const conf = join(home, 'containers.conf');
const storage = join(home, 'storage.conf');

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

export function podman(args, options = {}) {
  return run('podman', args, { env: containerEnvironment, ...options });
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

/** Takes away what the tests left: containers, networks, volumes. Images stay for the next time. */
export function removeEverything() {
  podman(['rm', '--all', '--force', '--volumes', '--time', '0'], { may: true });
  podman(['network', 'prune', '--force'], { may: true });
  podman(['volume', 'prune', '--force'], { may: true });
}
