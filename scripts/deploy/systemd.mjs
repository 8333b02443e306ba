// The units of deploy/systemd, in a real systemd that is process 1 of a container, and deploy/logrotate with a real logrotate.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../toolchain.mjs';
import { debianWith } from './bases.mjs';
import { buildah, ensureContainers, podman, withNetwork } from './containers.mjs';
import { PASSWORD, startEmulator } from './emulator-container.mjs';
import { eventually, expect, expectEqual } from './expect.mjs';
import { qwardenImage } from './qwarden-image.mjs';
import { lacking } from './tools.mjs';

export const title = 'systemd units and logrotate, on a real systemd';

export function missing() {
  return lacking(ensureContainers);
}

const NETWORK = 'qwarden';
const MACHINE = 'machine';
/** Of 100; what is left is the network, which it needs, and that Node compiles while it runs. */
const MOST_EXPOSED = 15;
const MONITOR = 'qwarden-monitor.service';
const FILELOCK = 'qwarden-filelock@records.service';

const RULES = (name) => `version: 1
rules:
  - name: ${name}
    on: [created, moved-in, renamed]
    where: { under: /in }
    settle: 0s
    do: [{ lock: { retention: 1d } }]
`;

export async function run(test) {
  const image = machineImage();
  await withNetwork(async () => {
    podman(['network', 'create', NETWORK]);
    const emulator = await startEmulator(qwardenImage(), NETWORK);
    for (const path of ['/in', '/records']) emulator.makeDirectory(path);
    const options = ['--systemd=always', '--privileged', '--network', NETWORK, '--stop-signal', 'SIGRTMIN+3'];
    // As on a machine: mounts are passed on, by which credentials come to services. In a container systemd leaves that as it finds it.
    const boot = 'mount --make-rshared / && exec /lib/systemd/systemd';
    podman(['run', '--detach', '--name', MACHINE, ...options, image, 'sh', '-c', boot]);
    await eventually('systemd runs', () =>
      /running|degraded/.test(within(['systemctl', 'is-system-running'], { may: true })),
    );
    await units(test);
    install(emulator);
    if (!(await test('the monitor is started: systemd waits until it listens', () => starts()))) return;
    await monitor(test, emulator);
    await filelock(test, emulator);
  });
}

/** Debian with systemd, and qwarden where the how-to puts it. */
function machineImage() {
  const base = debianWith('qwarden-systemd', ['systemd', 'dbus', 'logrotate', 'procps']);
  const container = buildah(['from', '--quiet', base]).stdout.trim();
  try {
    const image = qwardenImage();
    buildah(['copy', '--from', image, container, '/opt/qwarden', '/opt/qwarden']);
    buildah(['copy', '--from', image, container, '/usr/local/bin/node', '/usr/local/bin/node']);
    const name = 'localhost/qwarden-machine:latest';
    buildah([
      'run',
      '--isolation',
      'chroot',
      container,
      '--',
      'ln',
      '-sf',
      '/opt/qwarden/bin/qwarden',
      '/usr/local/bin/qwarden',
    ]);
    buildah(['commit', '--quiet', container, name]);
    return name;
  } finally {
    buildah(['rm', container], { may: true });
  }
}

/** Runs a program in the machine; what it printed. Throws when it fails, unless it may. */
function within(command, { input, ...options } = {}) {
  const stdin = input === undefined ? {} : { input, stdio: ['pipe', 'pipe', 'pipe'] };
  const { stdout, stderr } = podman(['exec', ...(input === undefined ? [] : ['--interactive']), MACHINE, ...command], {
    ...stdin,
    ...options,
  });
  return `${stdout}${options.may ? stderr : ''}`;
}

function status(command) {
  return podman(['exec', MACHINE, ...command], { may: true }).status;
}

function write(path, text, mode = '0644') {
  within(['sh', '-c', `mkdir -p "$(dirname '${path}')" && cat > '${path}' && chmod ${mode} '${path}'`], {
    input: text,
  });
}

const shipped = (path) => readFileSync(join(root, 'deploy', path), 'utf8');

async function units(test) {
  const place = '/run/verify';
  for (const unit of [MONITOR, FILELOCK])
    write(`${place}/${unit}`, shipped(`systemd/${unit.replace('@records', '@')}`));
  const verify = (unit) =>
    status(['systemd-analyze', 'verify', '--man=no', '--recursive-errors=yes', `${place}/${unit}`]);
  const secure = (unit) =>
    status([
      'systemd-analyze',
      'security',
      '--offline=true',
      '--no-pager',
      `--threshold=${MOST_EXPOSED}`,
      `${place}/${unit}`,
    ]);
  for (const unit of [MONITOR, FILELOCK]) {
    await test(`systemd-analyze finds nothing in ${unit}, and its exposure is at most ${MOST_EXPOSED / 10}`, () => {
      expectEqual([verify(unit), secure(unit)], [0, 0], 'verify and security');
    });
  }
  await test('systemd-analyze finds a misspelt key, and what is less hardened', () => {
    const text = shipped(`systemd/${MONITOR}`);
    write(`${place}/planted.service`, text.replace('NoNewPrivileges=', 'NoNewPrivilegs='));
    write(`${place}/soft.service`, text.replace('CapabilityBoundingSet=\n', ''));
    expectEqual([verify('planted.service'), secure('soft.service')], [1, 1], 'verify and security');
  });
}

/** As docs/how-to/systemd.md has it. */
function install({ environment }) {
  const { QWARDEN_PASSWORD: _, ...settings } = environment;
  const lines = Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
  write('/usr/lib/sysusers.d/qwarden.conf', shipped('systemd/qwarden.sysusers'));
  within(['systemd-sysusers']);
  for (const unit of [MONITOR, 'qwarden-filelock@.service'])
    write(`/etc/systemd/system/${unit}`, shipped(`systemd/${unit}`));
  write('/etc/logrotate.d/qwarden', shipped('logrotate/qwarden'));
  write('/etc/qwarden/password', `${PASSWORD}\n`, '0600');
  write('/etc/qwarden/rules.yml', RULES('lock'));
  write('/etc/qwarden/monitor.env', lines);
  const more =
    'QWARDEN_DIRECTORY_PATH=/records\nQWARDEN_RETENTION=1d\nQWARDEN_INTERVAL=0\nQWARDEN_OUTPUT=/var/log/qwarden/filelock-records.log\n';
  write('/etc/qwarden/filelock-records.env', lines + more);
  within(['systemctl', 'daemon-reload']);
}

function show(unit, ...properties) {
  const text = within(['systemctl', 'show', unit, ...properties.map((property) => `--property=${property}`)]);
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

const journal = (unit) => within(['journalctl', '--no-pager', '--output=cat', `--unit=${unit}`]);
const describe = (unit) => () =>
  `${JSON.stringify(show(unit, 'ActiveState', 'SubState', 'Result', 'NRestarts', 'StatusText'))}\n${journal(unit).slice(-4000)}`;

function starts() {
  const started = podman(['exec', MACHINE, 'systemctl', 'start', MONITOR], { may: true, timeout: 300_000 });
  expect(started.status === 0, `systemctl start: ${started.stderr}\n${describe(MONITOR)()}`);
  expect(/Listening for change notifications/.test(journal(MONITOR)), 'it was called ready before it listened');
  const { ActiveState, StatusText } = show(MONITOR, 'ActiveState', 'StatusText');
  expectEqual([ActiveState, StatusText], ['active', 'Watching /; 1 rule in force'], 'state and status');
}

const locked = (emulator, directory, count, unit) =>
  eventually(`${count} files locked in ${directory}`, () => emulator.count(directory).locked === count, {
    describe: () => `${JSON.stringify(emulator.count(directory))}\n${describe(unit)()}`,
  });

async function monitor(test, emulator) {
  await test('it has no more rights than it needs, and nobody sees the password', () => {
    const { MainPID } = show(MONITOR, 'MainPID');
    const process = within(['cat', `/proc/${MainPID}/status`]);
    for (const line of [/^CapBnd:\t0+$/m, /^CapEff:\t0+$/m, /^NoNewPrivs:\t1$/m, /^Seccomp:\t2$/m])
      expect(line.test(process), `${line} in:\n${process}`);
    expect(!/^Uid:\t0/m.test(process), 'it runs as root');
    expectEqual(
      within(['stat', '--format=%a %U', '/var/lib/qwarden/monitor']).trim(),
      '700 qwarden',
      'its state directory',
    );
    const seen = [
      within(['cat', `/proc/${MainPID}/environ`]),
      within(['cat', `/proc/${MainPID}/cmdline`]),
      within(['systemctl', 'show', MONITOR]),
      journal(MONITOR),
    ];
    expect(
      !seen.join('\n').includes(PASSWORD),
      'the password is in its environment, its command line, its unit or its journal',
    );
    emulator.makeFiles('/in', 5, { prefix: 'a-' });
    return locked(emulator, '/in', 5, MONITOR);
  });
  await test('killed, it is started again, and what came meanwhile is not lost', async () => {
    within(['systemctl', 'kill', '--signal=KILL', '--kill-who=main', MONITOR]);
    emulator.makeFiles('/in', 20, { prefix: 'b-' });
    await eventually('started again', () => show(MONITOR, 'NRestarts', 'ActiveState').NRestarts === '1', {
      describe: describe(MONITOR),
    });
    await locked(emulator, '/in', 25, MONITOR);
  });
  await test('a reload reads the rules again, by SIGHUP', async () => {
    await eventually('active', () => show(MONITOR, 'ActiveState').ActiveState === 'active', {
      describe: describe(MONITOR),
    });
    const loads = () => journal(MONITOR).match(/Rules \w+ in force/g)?.length ?? 0;
    const before = loads();
    within(['systemctl', 'reload', MONITOR]);
    await eventually('read again', () => loads() > before, { describe: describe(MONITOR) });
  });
  await test('a rule file that breaks changes nothing, and "systemctl status" says so', async () => {
    write('/etc/qwarden/rules.yml', 'version: 1\nrules: [{ name: x, onn: [created] }]\n');
    within(['systemctl', 'reload', MONITOR]);
    await eventually(
      'it says so',
      () => /the rule file is broken/.test(within(['systemctl', 'status', '--no-pager', MONITOR], { may: true })),
      { describe: describe(MONITOR) },
    );
    emulator.makeFiles('/in', 5, { prefix: 'c-' });
    await locked(emulator, '/in', 30, MONITOR);
    write('/etc/qwarden/rules.yml', RULES('another'));
    within(['systemctl', 'reload', MONITOR]);
    await eventually('it says so', () => show(MONITOR, 'StatusText').StatusText === 'Watching /; 1 rule in force', {
      describe: describe(MONITOR),
    });
  });
  await test('frozen, it is ended by the watchdog and started again; as long as it works, it is left alone', async () => {
    write(`/etc/systemd/system/${MONITOR}.d/watchdog.conf`, '[Service]\nWatchdogSec=6s\nRestartSec=100ms\n');
    within(['systemctl', 'daemon-reload']);
    within(['systemctl', 'restart', MONITOR]);
    const since = performance.now();
    const { MainPID } = show(MONITOR, 'MainPID');
    await eventually('two stretches of the watchdog are over', () => performance.now() - since > 13_000);
    expectEqual(show(MONITOR, 'MainPID', 'NRestarts'), { MainPID, NRestarts: '0' }, 'process and restarts');
    within(['kill', '-STOP', MainPID]);
    emulator.makeFiles('/in', 5, { prefix: 'd-' });
    await eventually('started again', () => show(MONITOR, 'NRestarts').NRestarts === '1', {
      describe: describe(MONITOR),
    });
    expect(/Watchdog timeout/.test(journal(MONITOR)), 'the journal does not say why');
    await locked(emulator, '/in', 35, MONITOR);
  });
  await test('stopped, it finishes by itself, and is not started again', async () => {
    await eventually('active', () => show(MONITOR, 'ActiveState').ActiveState === 'active', {
      describe: describe(MONITOR),
    });
    emulator.makeFiles('/in', 100, { prefix: 'e-' });
    within(['systemctl', 'stop', MONITOR], { timeout: 300_000 });
    const { ActiveState, Result, ExecMainStatus } = show(MONITOR, 'ActiveState', 'Result', 'ExecMainStatus');
    expectEqual([ActiveState, Result, ExecMainStatus], ['inactive', 'success', '0'], 'how it ended');
    expect(/SIGTERM: stopping/.test(journal(MONITOR)), describe(MONITOR)());
    within(['systemctl', 'start', MONITOR], { timeout: 300_000 });
    await locked(emulator, '/in', 135, MONITOR);
    within(['systemctl', 'stop', MONITOR], { timeout: 300_000 });
  });
  await test('settings that must be corrected are said, and it is not tried again', async () => {
    write('/etc/qwarden/rules.yml', 'version: 1\nrules: [{ name: x, onn: [created] }]\n');
    expect(status(['systemctl', 'start', MONITOR]) !== 0, 'it was started');
    const { ActiveState, ExecMainStatus, NRestarts } = show(MONITOR, 'ActiveState', 'ExecMainStatus', 'NRestarts');
    expectEqual([ActiveState, ExecMainStatus, NRestarts], ['failed', '2', '0'], 'how it ended');
    expect(/rules\.yml.*onn/s.test(journal(MONITOR)), describe(MONITOR)());
  });
}

async function filelock(test, emulator) {
  await test('retention locks as a service of its own', async () => {
    within(['systemctl', 'start', FILELOCK], { timeout: 300_000 });
    emulator.makeFiles('/records', 10, { prefix: 'a-' });
    await locked(emulator, '/records', 10, FILELOCK);
  });
  await test('logrotate takes its log file away; not a line is lost, and none is written to the old one any more', async () => {
    const log = '/var/log/qwarden/filelock-records.log';
    const lines = (path) => within(['cat', path]).match(/Successfully locked file/g)?.length ?? 0;
    await eventually('ten lines', () => lines(log) === 10, { describe: () => within(['cat', log]) });
    within(['logrotate', '--force', '--verbose', '/etc/logrotate.d/qwarden']);
    emulator.makeFiles('/records', 7, { prefix: 'b-' });
    await locked(emulator, '/records', 17, FILELOCK);
    await eventually('seven lines in the new file', () => lines(log) === 7, {
      describe: () => within(['sh', '-c', 'head -50 /var/log/qwarden/*']),
    });
    const [old, ...others] = within(['sh', '-c', `ls ${log}-*`])
      .trim()
      .split('\n');
    expectEqual([others, lines(old)], [[], 10], 'old files, and lines in the first of them');
  });
  await test('it stops gracefully too', () => {
    within(['systemctl', 'stop', FILELOCK], { timeout: 300_000 });
    const { Result, ExecMainStatus } = show(FILELOCK, 'Result', 'ExecMainStatus');
    expectEqual([Result, ExecMainStatus], ['success', '0'], 'how it ended');
  });
}
