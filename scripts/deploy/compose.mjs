// deploy/compose with a real docker compose: both files come up, follow their rules, lose nothing, and go on after "down" and "up".
import { chmodSync, chownSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Project, prometheusImage, redisImage, withDocker } from './compose-project.mjs';
import { ensureContainers, podman, withNetwork } from './containers.mjs';
import { EmulatorContainer, PASSWORD, startEmulator } from './emulator-container.mjs';
import { eventually, expect, expectEqual } from './expect.mjs';
import { qwardenImage } from './qwarden-image.mjs';
import { ensurePythonTools, lacking } from './tools.mjs';

export const title = 'compose files, with a real docker compose';

export function missing() {
  return lacking(ensureContainers, ensurePythonTools);
}

const SITE = 'site';
const TOKEN = 'Heron-17-planted';

export async function run(test) {
  const images = { QWARDEN_IMAGE: qwardenImage(), REDIS_IMAGE: redisImage(), PROMETHEUS_IMAGE: prometheusImage() };
  await withNetwork(() =>
    withDocker(async () => {
      const firstLook = new Project('first-look', ['first-look.yml'], images);
      await inProject(firstLook, () => tryFirstLook(test, firstLook));
      const cluster = new Project('cluster', ['cluster.yml', 'site.yml'], { ...images, LOG_DRIVER: 'k8s-file' });
      await inProject(cluster, () => tryCluster(test, cluster, images.QWARDEN_IMAGE));
    }),
  );
}

const tailOf = (project, ...services) => project.logs(...services).slice(-4000);

async function inProject(project, work) {
  try {
    await work();
  } finally {
    project.remove();
  }
}

async function checked(test, project, file) {
  await test(`${file} is clean, and a misspelt key would be found`, () => {
    project.compose(['config', '--quiet']);
    const text = readFileSync(project.path(file), 'utf8');
    writeFileSync(project.path('planted.yml'), text.replace('pids_limit:', 'pid_limit:'));
    const planted = project.compose(['--file', project.path('planted.yml'), 'config', '--quiet'], { may: true });
    expect(planted.status !== 0 && /pid_limit/.test(planted.stderr), `it was not found: ${planted.stderr}`);
  });
}

/** Starts it; resolves when compose says that all of it is up. */
const up = (project, ...more) => project.compose(['up', '--detach', '--quiet-pull', '--timeout', '30', ...more]);
const lockedIn = (project, emulator, directory, count) =>
  eventually(`${count} files locked in ${directory}`, () => emulator.count(directory).locked === count, {
    describe: () => `${JSON.stringify(emulator.count(directory))}\n${tailOf(project, 'watcher', 'worker')}`,
  });
const watcherSays = (project, pattern) =>
  eventually(`the watcher says ${pattern}`, () => pattern.test(project.logs('watcher')), {
    describe: () => tailOf(project, 'watcher'),
  });

/** As an editor does it: another file under the same name. */
function replace(path, text) {
  writeFileSync(`${path}.new`, text);
  chmodSync(`${path}.new`, 0o644);
  renameSync(`${path}.new`, path);
}

async function tryFirstLook(test, project) {
  await checked(test, project, 'first-look.yml');
  let emulator;
  const started = await test('"up": the writer writes, the watcher watches, the workers lock', async () => {
    up(project);
    const [{ Name }] = project.containers('cluster');
    emulator = new EmulatorContainer(Name, undefined, 'http');
    await eventually('two files locked', () => emulator.count('/records').locked >= 2, {
      describe: () => tailOf(project),
    });
    expectEqual(project.containers('worker').length, 2, 'workers');
    project.compose(['stop', 'writer']);
  });
  if (!started) return;
  await test('"qwarden status" works as the file says', () => {
    const { stdout } = project.compose(['exec', '-T', 'watcher', 'qwarden', 'status']);
    expect(/, 2 rules, \/etc\/qwarden\/rules\/rules.yml/.test(stdout), stdout);
  });
  await test('Prometheus reads all three', () =>
    eventually(
      'three targets are up',
      () => {
        const { stdout } = project.compose(
          ['exec', '-T', 'prometheus', 'promtool', 'query', 'instant', 'http://127.0.0.1:9090', 'sum(up)'],
          { may: true },
        );
        return /=> 3 /.test(stdout);
      },
      { describe: () => tailOf(project, 'prometheus') },
    ));
  await test('and has the alerts', () => {
    const ask = `fetch('http://prometheus:9090/api/v1/rules').then(async (got) => console.log(await got.text()))`;
    const { stdout } = project.compose(['exec', '-T', 'watcher', 'node', '-e', ask]);
    expect(stdout.includes('"QwardenStreamDown"'), stdout);
  });
  await test('rules that are edited in place are in force without a restart; broken ones change nothing', async () => {
    const rules = project.path('first-look', 'rules', 'rules.yml');
    const before = project.containers('watcher')[0].State.StartedAt;
    const text = readFileSync(rules, 'utf8');
    const more = `${text}  - name: lock what is new\n    on: [created]\n    where: { under: /in, name: "new-*" }\n    settle: 0s\n    do: [{ lock: { retention: 1d } }]\n`;
    replace(rules, more);
    await watcherSays(project, /in force: 3 rules/);
    emulator.makeFiles('/in', 5, { prefix: 'new-' });
    await lockedIn(project, emulator, '/in', 5);
    replace(rules, more.replace('under: /in, name', 'undr: /in, name'));
    await watcherSays(project, /is broken\. The rules in force stay/);
    emulator.makeFiles('/in', 5, { prefix: 'new-2-' });
    await lockedIn(project, emulator, '/in', 10);
    replace(rules, more);
    await watcherSays(project, /in force: 3 rules[^]*is broken[^]*in force: 3 rules/);
    expectEqual(project.containers('watcher')[0].State.StartedAt, before, 'the start of the watcher');
  });
  await test('a worker that is killed in the middle of its work loses nothing', async () => {
    emulator.makeDirectory('/records/kill');
    emulator.makeFiles('/records/kill', 4000);
    const [{ Id, State }] = project.containers('worker');
    await eventually('some are locked', () => emulator.count('/records/kill').locked > 0, {
      describe: () => tailOf(project, 'worker'),
    });
    process.kill(State.Pid, 'SIGKILL');
    expect(emulator.count('/records/kill').locked < 4000, 'all was done before it was killed: nothing was tried');
    await lockedIn(project, emulator, '/records/kill', 4000);
    await eventually(
      'it runs again',
      () =>
        project
          .containers('worker')
          .some((each) => each.Id === Id && each.State.Running && each.State.Pid !== State.Pid),
      { describe: () => tailOf(project, 'worker') },
    );
  });
  await test('stopped and started again it begins anew, and works, as the emulated cluster does', async () => {
    project.compose(['stop', '--timeout', '30']);
    up(project);
    emulator = new EmulatorContainer(project.containers('cluster')[0].Name, undefined, 'http');
    await eventually('two files locked', () => emulator.count('/records').locked >= 2, {
      describe: () => tailOf(project),
    });
  });
}

async function tryCluster(test, project, image) {
  podman(['network', 'create', SITE]);
  const emulator = await startEmulator(image, SITE);
  emulator.makeDirectory('/records');
  writeFileSync(project.path('site.yml'), `networks:\n  outside: { external: true, name: ${SITE} }\n`);
  const { QWARDEN_PASSWORD: _, ...settings } = emulator.environment;
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(project.path('cluster', 'cluster.env'), lines.join(''));
  for (const [name, secret] of [
    ['password', PASSWORD],
    ['metrics-token', TOKEN],
  ]) {
    const path = project.path('cluster', 'secrets', name);
    writeFileSync(path, secret, { mode: 0o400 });
    chownSync(path, 65532, 65532);
  }
  replace(
    project.path('cluster', 'rules', 'rules.yml'),
    'version: 1\nrules:\n  - { name: lock, on: [created], where: { under: /records }, settle: 0s, do: [{ lock: { retention: 1d } }] }\n',
  );
  await checked(test, project, 'cluster.yml');
  const started = await test('"up" on a cluster outside: secrets are files that nobody else sees', async () => {
    up(project);
    await watcherSays(project, /Listening for change notifications/);
    emulator.makeFiles('/records', 10, { prefix: 'a-' });
    await lockedIn(project, emulator, '/records', 10);
    const seen = JSON.stringify([...project.containers('watcher'), ...project.containers('worker')]) + project.logs();
    expect(!seen.includes(PASSWORD) && !seen.includes(TOKEN), 'a secret is in "inspect" or in a log');
  });
  if (!started) return;
  await test('"down" and "up": it goes on where it was, with what came meanwhile', async () => {
    emulator.makeFiles('/records', 200, { prefix: 'b-' });
    project.compose(['down', '--timeout', '30']);
    const { locked } = emulator.count('/records');
    expectEqual(project.containers('watcher'), [], 'watchers');
    emulator.makeFiles('/records', 20, { prefix: 'c-' });
    up(project);
    await lockedIn(project, emulator, '/records', 230);
    expect(locked < 210, 'all was done before "down": nothing was tried');
  });
  await test('Redis is reached by nobody else', () => {
    const asked = podman(
      [
        'exec',
        emulator.name,
        'node',
        '-e',
        "require('node:dns').lookup('redis', (error) => process.exit(error ? 0 : 1))",
      ],
      { may: true },
    );
    expectEqual(asked.status, 0, 'a container of the other network finds it by name; exit code');
  });
}
