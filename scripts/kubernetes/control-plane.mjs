// A real Kubernetes without machines: etcd, kube-apiserver and kube-controller-manager on loopback, on ports that are free.
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What makes objects of objects, as far as the chart needs it; nothing that would miss machines. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'disruption-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
];

const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A child process that does not outlive this one; its words go to a file. */
export function launch(command, args, { log, ...options }) {
  const file = openSync(log, 'a');
  const child = spawn(command, args, { ...options, stdio: ['ignore', file, file] });
  closeSync(file);
  children.add(child);
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  }).finally(() => children.delete(child));
  return child;
}

/** Exit code and both outputs of a program that runs beside this one. */
export function finished(command, args, { input, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    children.add(child);
    const said = { stdout: '', stderr: '', text: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (part) => {
        said[name] += part;
        said.text += part;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      children.delete(child);
      resolve({ code: code ?? 1, ...said });
    });
    // One that ends without reading has said why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Asks it to end, and after `graceMs` makes it. */
export async function end(child, graceMs = 10_000) {
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const outcome = await child.ended;
  clearTimeout(killer);
  return outcome;
}

/** Resolves with what `look` gives once it is something; throws after `seconds`, with what `about` tells. */
export async function eventually(what, look, { seconds = 60, about = () => '' } = {}) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await wait(100);
  }
  throw new Error(`in ${seconds} s it did not come to this: ${what}${last ? ` (${last.message})` : ''}\n${about()}`);
}

/** A port of loopback that nobody has now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Resolves when it is ready. `close` ends it; what it says lies in `directory`. */
export async function startControlPlane(directory, paths, tools) {
  mkdirSync(directory, { recursive: true });
  const file = (name) => join(directory, name);
  const [clientPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const token = randomBytes(24).toString('hex');
  writeFileSync(file('tokens.csv'), `${token},admin,1,"system:masters"\n`, { mode: 0o600 });
  const url = `https://127.0.0.1:${port}`;
  const processes = [];
  const start = (name, command, args) => processes.unshift(launch(command, args, { log: file(`${name}.log`) }));
  const close = async () => {
    for (const child of processes) await end(child);
  };
  try {
    const [etcd, peer] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
    start('etcd', paths.etcd, [
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
    ]);
    start('kube-apiserver', paths.controlPlane, [
      'kube-apiserver',
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      // It refuses to be found at a loopback address otherwise.
      '--endpoint-reconciler-type=none',
      `--secure-port=${port}`,
      `--cert-dir=${file('certificates')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('sa.pub')}`,
      `--service-account-signing-key-file=${file('sa.key')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/24',
      // It marks claims that another controller would have to release, which looks for machines.
      '--disable-admission-plugins=StorageObjectInUseProtection',
    ]);
    const api = apiOf(url, token, file('certificates/apiserver.crt'));
    const words = () => tail(file('kube-apiserver.log')) + tail(file('etcd.log'));
    await eventually('the API server is ready', async () => (await api('GET', '/readyz')).status === 200, {
      seconds: 240,
      about: words,
    });
    const kubeconfig = file('kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(url, token, file('certificates/apiserver.crt')), { mode: 0o600 });
    start('kube-controller-manager', paths.controlPlane, [
      'kube-controller-manager',
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${CONTROLLERS.join(',')}`,
      `--root-ca-file=${file('certificates/apiserver.crt')}`,
      '--leader-elect=false',
      '--secure-port=0',
    ]);
    const env = { PATH: process.env.PATH, HOME: directory, KUBECONFIG: kubeconfig };
    return {
      url,
      api,
      /** As somebody else. */
      as: (other) => apiOf(url, other, file('certificates/apiserver.crt')),
      kubectl: (args, input) => finished(tools.kubectl, args, { env, input }),
      helm: (args) => finished(tools.helm, args, { env }),
      log: (name) => tail(file(`${name}.log`)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function tail(path) {
  try {
    return readFileSync(path, 'utf8').slice(-3000);
  } catch {
    return '';
  }
}

function kubeconfigOf(server, token, certificate) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': certificate } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}

/** `(method, path, body, contentType)` → `{ status, body }`; the certificate is read with each call, since the server makes it. */
function apiOf(url, token, certificate) {
  return (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      if (text !== undefined) {
        headers['content-type'] = contentType;
        headers['content-length'] = Buffer.byteLength(text);
      }
      const request = httpsRequest(
        `${url}${path}`,
        { method, headers, ca: readFileSync(certificate), timeout: 60_000 },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const answer = Buffer.concat(parts).toString();
            const isJson = response.headers['content-type']?.includes('json');
            resolve({ status: response.statusCode, body: isJson ? JSON.parse(answer) : answer });
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error('the API server does not answer')));
      request.on('error', reject);
      request.end(text);
    });
}
