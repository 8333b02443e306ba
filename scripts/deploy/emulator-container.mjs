// An emulated cluster in a container of its own, named "cluster" in its network, and its control API.
import { logsOf, podman } from './containers.mjs';
import { eventually } from './expect.mjs';

export const PASSWORD = 'Zebra-42-planted';

/** Starts one in `network`; resolves when it listens. */
export async function startEmulator(image, network, { name = 'cluster' } = {}) {
  const args = ['--network', network, '--env', `QWARDEN_EMULATOR_PASSWORD=${PASSWORD}`];
  podman(['run', '--detach', '--name', name, ...args, image, 'emulator', '--host', '0.0.0.0', '--json']);
  const line = await eventually('the emulator listens', () => /^\{.*\}$/m.exec(logsOf(name))?.[0], {
    describe: () => logsOf(name),
  });
  const { fingerprint256 } = JSON.parse(line);
  return new EmulatorContainer(name, fingerprint256);
}

/** From inside the container, where the control API asks for no token. */
const CALL = `
const [method, url, body] = process.argv.slice(1);
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');
const answer = await fetch(url, { method, body: body || undefined, headers: { 'content-type': 'application/json' } });
const text = await answer.text();
if (!answer.ok) { console.error(answer.status + ' ' + text); process.exit(1); }
console.log(text);
`;

export class EmulatorContainer {
  constructor(name, fingerprint256, protocol = 'https') {
    this.name = name;
    this.fingerprint256 = fingerprint256;
    this.url = `${protocol}://127.0.0.1:8000/_emulator`;
  }

  /** What leads qwarden there. */
  get environment() {
    return {
      QWARDEN_HOST: this.name,
      QWARDEN_USERNAME: 'admin',
      QWARDEN_PASSWORD: PASSWORD,
      QWARDEN_TLS_FINGERPRINT: this.fingerprint256,
    };
  }

  control(method, path, body) {
    const call = ['node', '--no-warnings', '--input-type=module', '-e', CALL, method, `${this.url}/${path}`];
    if (body !== undefined) call.push(JSON.stringify(body));
    const { stdout } = podman(['exec', this.name, ...call]);
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  makeDirectory(path) {
    return this.control('POST', 'clients', { protocol: 'nfs', action: 'mkdir', path });
  }

  makeFiles(directory, count, options = {}) {
    return this.control('POST', 'files/create', { directory, count, ...options });
  }

  /** `{ files, locked }` below a directory. */
  count(directory) {
    return this.control('POST', 'files/count', { directory });
  }
}

/** `--env` for each. */
export function environmentArguments(environment) {
  return Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
}
