// Memory and creation rate of the emulated file system with one million files. Run by hand after a build:
//   node --expose-gc bench/emulator-memory.mjs [files]
// Rates are per second of processor time of the whole process, its garbage collector included, so that they hold on a busy machine.
import { FileSystem } from '../packages/qumulo-emulator/dist/fs/index.js';

const files = Number(process.argv[2] ?? 1_000_000);
const admin = {
  authId: '500',
  groupIds: ['513'],
  privileges: new Set(['PRIVILEGE_FILE_FULL_ACCESS', 'PRIVILEGE_FS_FILE_LOCK_WRITE']),
};
const megabytes = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
};
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const perSecond = (count, from) => Math.round(count / ((cpuMs() - from) / 1000)).toLocaleString('en');
const say = (what, text) => console.log(`${what.padEnd(48)} ${text}`);

const fs = new FileSystem({ clock: { nowNs: () => BigInt(Date.now()) * 1_000_000n } });
say('empty', `${megabytes()} MiB RSS`);

// 1,000 directories of 999 files each, names as people give them.
const directories = Math.ceil(files / 1000);
let start = cpuMs();
const ids = [];
let made = 0;
for (let d = 0; d < directories; d += 1) {
  const directory = fs.createEntry(admin, '/', { name: `project ${d}`, action: 'CREATE_DIRECTORY' }).value.id;
  made += 1;
  for (let f = 0; f < 999 && made < files; f += 1) {
    ids.push(fs.createEntry(admin, directory, { name: `invoice-2026-${d}-${f}.pdf`, action: 'CREATE_FILE' }).value.id);
    made += 1;
  }
}
say(`create ${made.toLocaleString('en')} objects`, `${perSecond(made, start)}/s, ${megabytes()} MiB RSS`);

start = cpuMs();
const bytes = Buffer.from('a small document');
for (const id of ids) fs.writeData(admin, id, bytes);
say('write 16 bytes into each file', `${perSecond(ids.length, start)}/s, ${megabytes()} MiB RSS`);

start = cpuMs();
for (const id of ids) fs.modifyFileLock(admin, id, { retention_period: '2099-01-01T00:00:00Z' });
say('lock each file', `${perSecond(ids.length, start)}/s, ${megabytes()} MiB RSS`);

start = cpuMs();
const snapshot = fs.snapshots.create({ name: 'bench', source_file_id: '2' }).id;
say('snapshot', `${(cpuMs() - start).toFixed(2)} ms`);

start = cpuMs();
const parent = fs.createEntry(admin, '/', { name: 'flat', action: 'CREATE_DIRECTORY' }).value.id;
for (let f = 0; f < 200_000; f += 1) fs.createEntry(admin, parent, { name: `f${f}`, action: 'CREATE_FILE' });
say('create 200,000 files in one directory', `${perSecond(200_000, start)}/s, ${megabytes()} MiB RSS`);

start = cpuMs();
let slowest = 0;
let listed = 0;
for (let after = ''; after !== null; ) {
  const began = performance.now();
  const { value } = fs.list(admin, parent, { after, limit: 1000 });
  listed += value.files.length;
  after = value.next;
  slowest = Math.max(slowest, performance.now() - began);
}
say(
  `list ${listed.toLocaleString('en')} entries, pages of 1,000`,
  `${perSecond(listed, start)}/s, slowest page ${slowest.toFixed(1)} ms`,
);

const newer = fs.snapshots.create({ name: 'bench', source_file_id: '2' }).id;
start = cpuMs();
const changes = fs.snapshots.treeDiff(newer, snapshot).entries.length;
say('diff of the two snapshots', `${changes} entries, ${(cpuMs() - start).toFixed(1)} ms`);
say('end', `${megabytes()} MiB RSS`);

// A thousand watchers of one busy directory, each with a batch of its own a turn.
const turns = [];
const busy = new FileSystem({ clock: { nowNs: () => 1n }, schedule: (task) => turns.push(task) });
let delivered = 0;
for (let i = 0; i < 1000; i += 1) {
  const sink = { batch: (events) => ((delivered += events.length), true), end: () => undefined };
  busy.watch.open(admin, '/', { recursive: true }, sink);
}
start = cpuMs();
for (let f = 0; f < 1000; f += 1) {
  busy.createEntry(admin, '/', { name: `f${f}`, action: 'CREATE_FILE' });
  while (turns.length > 0) turns.shift()();
}
say(
  '1,000 files under 1,000 watchers',
  `${perSecond(delivered, start)} deliveries/s, ${(cpuMs() - start).toFixed(0)} ms`,
);
