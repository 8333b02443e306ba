// docker compose against podman: podman's service on a socket, what systemd's timers would do for health checks, and projects in copies of deploy/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../toolchain.mjs';
import { debianWith } from './bases.mjs';
import { buildah, containerEnvironment, hasImage, inNetwork, inspect, podman } from './containers.mjs';
import { eventually } from './expect.mjs';
import { ensurePythonTools, home, run } from './tools.mjs';

const socket = join(home, 'podman.sock');

/** Runs `work` while podman listens as Docker does. */
export async function withDocker(work) {
  rmSync(socket, { force: true });
  const start = (program, args) =>
    spawn(...inNetwork(program, args), { env: containerEnvironment, stdio: 'ignore', detached: true });
  // Without systemd nothing runs health checks by itself; those that have been healthy once are left alone.
  const starting = '$(podman ps --quiet --filter health=starting --filter health=unhealthy)';
  const checks = `while :; do for each in ${starting}; do podman healthcheck run "$each"; done; sleep 2; done`;
  const children = [
    start('podman', ['system', 'service', '--time', '0', `unix://${socket}`]),
    start('sh', ['-c', checks]),
  ];
  const kill = () => {
    for (const child of children)
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  // Also when somebody presses Ctrl-C.
  const interrupted = () => process.exit(130);
  process.once('exit', kill).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await eventually('podman listens', () => existsSync(socket));
    return await work();
  } finally {
    const ended = Promise.all(children.map((child) => once(child, 'exit')));
    kill();
    await ended;
    process.off('exit', kill).off('SIGINT', interrupted).off('SIGTERM', interrupted);
    rmSync(socket, { force: true });
  }
}

/** A compose file in a copy of deploy/, so that what is edited is nobody's. */
export class Project {
  constructor(name, files, environment) {
    this.directory = join(home, `compose-${name}`);
    rmSync(this.directory, { recursive: true, force: true });
    cpSync(join(root, 'deploy'), this.directory, { recursive: true });
    this.files = files.flatMap((file) => ['--file', join(this.directory, 'compose', file)]);
    this.environment = environment;
  }

  /** A path of the copy. */
  path(...parts) {
    return join(this.directory, 'compose', ...parts);
  }

  compose(args, options = {}) {
    const { compose } = ensurePythonTools();
    const env = { ...containerEnvironment, ...this.environment, DOCKER_HOST: `unix://${socket}` };
    return run(...inNetwork(compose, [...this.files, ...args]), { env, timeout: 600_000, ...options });
  }

  /** The containers of a service, as podman has them. */
  containers(service) {
    const { stdout } = podman(['ps', '--all', '--quiet', '--filter', `label=com.docker.compose.service=${service}`]);
    return stdout.trim().split('\n').filter(Boolean).map(inspect);
  }

  logs(...services) {
    const { stdout, stderr } = this.compose(['logs', '--no-color', '--tail', '400', ...services], { may: true });
    return `${stdout}${stderr}`;
  }

  remove() {
    this.compose(['down', '--volumes', '--timeout', '5'], { may: true });
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Stands for docker.io/library/redis: user 999, to whom /data belongs. */
export function redisImage() {
  return derived(
    'localhost/qwarden-redis-service:latest',
    debianWith('qwarden-redis', ['redis-server', 'redis-tools']),
    ['install', '-d', '-o', '999', '-g', '999', '/data'],
  );
}

/** Stands for docker.io/prom/prometheus. */
export function prometheusImage() {
  return debianWith('qwarden-prometheus', ['prometheus']);
}

function derived(name, base, command) {
  if (hasImage(name)) return name;
  const container = buildah(['from', '--quiet', base]).stdout.trim();
  try {
    buildah(['run', '--isolation', 'chroot', container, '--', ...command]);
    buildah(['commit', '--quiet', container, name]);
    return name;
  } finally {
    buildah(['rm', container], { may: true });
  }
}
