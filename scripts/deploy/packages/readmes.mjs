// Each package as its README says: every block that a reader would run is run, in the order in which it stands there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../toolchain.mjs';
import { run, startEmulator } from './processes.mjs';
import { createProject } from './project.mjs';
import { runnableBlocks } from './readme.mjs';

const LAST_WORD_MS = 120_000;

/** Polls what only the emulator knows. */
async function until(what, look) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (await look()) return;
    assert.ok(Date.now() < deadline, `a minute has passed without ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const streamsOf = async (emulator) => (await emulator.control('GET', 'streams')).streams.length;

async function makeFile(emulator, name) {
  await emulator.control('POST', 'files/create', { directory: '/records', count: 1, prefix: name });
}

/** Ends with 0 after it has said all of this. */
async function endsAfter(child, ...patterns) {
  for (const pattern of patterns) await child.says(pattern);
  assert.equal(await child.ended(LAST_WORD_MS), 0, JSON.stringify(child.output()));
}

/** Waits for a line; then Ctrl-C, and a good end. */
async function interrupted(child, pattern) {
  await child.says(pattern);
  child.kill('SIGINT');
  assert.equal(await child.ended(LAST_WORD_MS), 0, JSON.stringify(child.output()));
}

const install = async ({ project, text }) => await project.shell(text);

const client = [
  install,
  async ({ project, text, emulator }) => {
    const child = project.startBlock(text, emulator.environment);
    await until('a stream', async () => (await streamsOf(emulator)) === 1);
    await makeFile(emulator, 'by-the-client-');
    await child.says(/^\d+ 2031-12-31T00:00:00Z$/m);
    await emulator.control('POST', 'streams/drop', { count: 'all', mode: 'cleanly' });
    await endsAfter(child, /^the stream has ended: \S+$/m);
  },
];

const engine = [
  install,
  async ({ project, text, emulator }) => {
    const child = project.startBlock(text, emulator.environment);
    await until('a stream', async () => (await streamsOf(emulator)) === 1);
    await makeFile(emulator, 'by-the-engine-');
    await child.says(/^locked until \d{4}-\S+Z \/records\/by-the-engine-\S+$/m);
    child.kill('SIGTERM');
    await endsAfter(child, /^ended: \S+$/m);
  },
  async ({ project, text }) => await endsAfter(project.startBlock(text), /quarantine executables/),
  async ({ project, text }) => {
    const [, promised] = /\/\/ (\d{4}-\d\d-\d\dT[\d:]+Z): never shorter/.exec(text);
    const child = project.startBlock(text);
    await endsAfter(child);
    assert.equal(child.output().stdout.trim(), promised);
  },
];

const emulator = [
  install,
  async ({ project, text }) => await endsAfter(project.startBlock(text)),
  async ({ project, text, readme }) => {
    const child = project.startShell(`exec ${text}`);
    const [line] = await child.says(/^\{.*\}$/m);
    const [, promised] = /^```json\n(\{.*\})\n```$/m.exec(readme);
    assert.deepEqual(Object.keys(JSON.parse(line)), Object.keys(JSON.parse(promised)));
    child.kill('SIGTERM');
    assert.notEqual(await child.ended(LAST_WORD_MS), 'SIGKILL', 'it does not end on SIGTERM');
    await assert.rejects(fetch(JSON.parse(line).url), ({ cause }) => cause.code === 'ECONNREFUSED');
  },
  async ({ project, text }) => {
    await endsAfter(project.startBlock(text), /^https:\/\/127\.0\.0\.1:\d+$/m, /^access-v1:/m, /^([0-9A-F]{2}:){31}/m);
  },
  async ({ project, text, emulator: running }) => {
    // The tests of others may hold port 8000.
    const here = text.replaceAll('https://127.0.0.1:8000', running.coordinates.url);
    assert.notEqual(here, text);
    await project.shell(here);
    assert.equal((await running.control('GET', 'faults')).faults.length, 2);
    await running.control('DELETE', 'faults');
  },
  async ({ project, text }) => await endsAfter(project.startBlock(text), /done: true, fileId: '\d+'/),
];

const cli = [
  async ({ project, text }) => {
    const { stdout } = await project.shell(text);
    const { version } = JSON.parse(readFileSync(join(root, 'packages', 'cli', 'package.json'), 'utf8'));
    assert.match(stdout, new RegExp(`^${version.replaceAll('.', '\\.')}$`, 'm'));
  },
  async ({ project, text }) => await endsAfter(project.startShell(text, { QWARDEN_DEMO_FOR: '5s' })),
  async ({ project, text, emulator: running }) => {
    const { host, port, username, password, fingerprint256 } = running.coordinates;
    const [configure, tried, done, ...more] = text.trim().split('\n');
    assert.deepEqual(more, []);
    // What it asks for on a terminal.
    await project.shell(configure, {
      QWARDEN_HOST: host,
      QWARDEN_PORT: String(port),
      QWARDEN_USERNAME: username,
      QWARDEN_PASSWORD: password,
      QWARDEN_TLS_FINGERPRINT: fingerprint256,
    });
    await interrupted(project.startShell(tried, { QWARDEN_INTERVAL: '0' }), /Listening for change notifications/);
    const child = project.startShell(done, { QWARDEN_INTERVAL: '0' });
    await child.says(/Listening for change notifications/);
    await makeFile(running, 'by-the-command-');
    await interrupted(child, /Successfully locked file: \/records\/by-the-command-/);
  },
  async ({ project, text }) => {
    const { stdout } = await project.shell(text);
    assert.match(stdout, /\/records\/by-the-command-/);
  },
];

const books = { 'qumulo-emulator': emulator, 'qumulo-client': client, engine, cli };

async function follow(test, folder, { env, temporary, emulatorProject }) {
  const file = join(root, 'packages', folder, 'README.md');
  const readme = readFileSync(file, 'utf8');
  const blocks = runnableBlocks(file);
  const home = temporary();
  // npm install --global of a README goes to a place of the test's own.
  const project = createProject(temporary(), {
    ...env,
    HOME: home,
    npm_config_prefix: join(home, 'global'),
    npm_config_cache: env.npm_config_cache,
    PATH: `${join(home, 'global', 'bin')}:${env.PATH}`,
  });
  let running;
  await test(`packages/${folder}/README.md: there is a test for each of its ${blocks.length} blocks`, async () => {
    assert.equal(blocks.length, books[folder].length);
  });
  try {
    for (const [index, { line, text }] of blocks.entries()) {
      const follows = await test(`packages/${folder}/README.md, line ${line}`, async () => {
        const at = emulatorProject ?? project;
        if (index > 0 && running === undefined) {
          running = await startEmulator(join(at.directory, 'node_modules/.bin/qumulo-emulator'), [], { env });
          await makeDirectory(running);
        }
        await books[folder][index]({ project, text, readme, emulator: running });
      });
      // Nothing of a package that is not installed.
      if (!follows && index === 0) return project;
    }
    const typed = blocks.filter(({ language }) => language === 'ts').map(({ text }) => text);
    if (typed.length > 0)
      await test(`packages/${folder}: its README's code passes the strictest types, and a wrong import does not`, () =>
        project.checkTypes(typed));
  } finally {
    await running?.stop();
  }
  return project;
}

async function makeDirectory({ coordinates: { url, accessToken } }) {
  const headers = ['-H', `authorization: Bearer ${accessToken}`, '-H', 'content-type: application/json'];
  const body = JSON.stringify({ action: 'CREATE_DIRECTORY', name: 'records' });
  await run('curl', ['-ksS', '--fail-with-body', ...headers, '-d', body, `${url}/v1/files/%2F/entries/`]);
}

/** The emulator's first: the others are tried against what its README installs. */
export async function testReadmes(test, context) {
  let emulatorProject;
  for (const folder of Object.keys(books)) {
    const project = await follow(test, folder, { ...context, emulatorProject });
    emulatorProject ??= project;
  }
}
