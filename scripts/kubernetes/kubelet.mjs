// Stands for the machines of a Kubernetes: the pods of one namespace are processes here, with the environment, the files and the probes that
// their specification gives them, and are as ready as those probes say. What is not imitated: images, user ids, networks, limits.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cliEntry } from '../toolchain.mjs';
import { end, finished, freePort, launch } from './control-plane.mjs';
import { PodFiles } from './pod-files.mjs';

const NODE = 'here';
const PERIOD_MS = 200;
/** A container that ended is started again after this long. */
const BACKOFF_MS = 1000;

export class Kubelet {
  #api;
  #namespace;
  #directory;
  #redis;
  #pods = new Map();
  #ports = new Map();
  #content = new Map();
  #loop;
  #stopping = false;
  /** What went wrong in this file rather than in a pod. */
  errors = [];
  /** Starts and ends of containers, in their order. */
  history = [];

  /** @param redis `{ server, cli }`: programs that stand for those of the image of Redis */
  constructor(api, namespace, { directory, redis }) {
    this.#api = api;
    this.#namespace = namespace;
    this.#directory = directory;
    this.#redis = redis;
    mkdirSync(join(directory, 'bin'), { recursive: true });
  }

  start() {
    this.#loop = this.#run();
  }

  async stop() {
    this.#stopping = true;
    await this.#loop;
    await Promise.all([...this.#pods.values()].map((pod) => pod.process && end(pod.process)));
  }

  /** Pods that run, of a component (`watcher`, `worker`, `redis`), oldest first. */
  podsOf(component, release) {
    return [...this.#pods.values()].filter(
      ({ labels, ended }) =>
        !ended &&
        labels['app.kubernetes.io/component'] === component &&
        labels['app.kubernetes.io/instance'] === release,
    );
  }

  /** `kubectl exec POD -- qwarden …` */
  exec(pod, args) {
    return finished(process.execPath, [cliEntry, ...args], { env: pod.environment, cwd: pod.directory });
  }

  /** Where a pod listens for HTTP. */
  static urlOf(pod, path) {
    return `http://127.0.0.1:${pod.port}${path}`;
  }

  static logOf(pod) {
    return readFileSync(pod.log, 'utf8');
  }

  async #run() {
    while (!this.#stopping) {
      try {
        await this.#look();
      } catch (error) {
        this.errors.push(String(error.stack));
      }
      await wait(PERIOD_MS);
    }
  }

  async #look() {
    const { status, body } = await this.#api('GET', `/api/v1/namespaces/${this.#namespace}/pods`);
    if (status !== 200) return;
    this.#content = await this.#readContent();
    await Promise.all(
      body.items.map(async (object) => {
        const pod = this.#pods.get(object.metadata.uid) ?? (await this.#admit(object));
        if (object.metadata.deletionTimestamp) await this.#remove(pod, object);
        else await this.#keep(pod, object);
      }),
    );
  }

  /** Files of all Secrets and ConfigMaps: a mount is as new as the last look. */
  async #readContent() {
    const content = new Map();
    for (const [kind, path] of [
      ['Secret', 'secrets'],
      ['ConfigMap', 'configmaps'],
    ]) {
      const { body } = await this.#api('GET', `/api/v1/namespaces/${this.#namespace}/${path}`);
      for (const { metadata, data = {} } of body.items) {
        const texts = {};
        for (const [key, value] of Object.entries(data))
          texts[key] = await this.#reachable(kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value);
        content.set(`${kind} ${metadata.name}`, texts);
      }
    }
    return content;
  }

  /** Names of Services are no names here: the one server that pods speak to is at a port of its own. */
  async #reachable(text) {
    const name = /@([a-z][a-z0-9-]*):6379/.exec(text)?.[1];
    return name === undefined ? text : text.replaceAll(`@${name}:6379`, `@127.0.0.1:${await this.#portOf(name)}`);
  }

  async #portOf(service) {
    const port = this.#ports.get(service) ?? (await freePort());
    this.#ports.set(service, port);
    return port;
  }

  async #admit(object) {
    const { uid, name, labels } = object.metadata;
    await this.#api('POST', `/api/v1/namespaces/${this.#namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: NODE },
    });
    const directory = join(this.#directory, uid.slice(0, 8));
    mkdirSync(directory, { recursive: true });
    const isRedis = labels['app.kubernetes.io/component'] === 'redis';
    const port = isRedis ? await this.#portOf(name.replace(/-\d+$/, '')) : await freePort();
    const pod = { uid, name, labels, spec: object.spec, directory, port, log: join(directory, 'log'), restarts: -1 };
    writeFileSync(pod.log, '');
    pod.files = new PodFiles(object.spec, directory, {
      claims: join(this.#directory, 'claims'),
      contentOf: (kind, wanted) => {
        const found = this.#content.get(`${kind} ${wanted}`);
        if (found === undefined) throw new Error(`there is no ${kind} ${wanted}`);
        // Redis reads the place of its data from a file.
        const there = (text) => (isRedis ? pod.files.inside(text, object.spec.containers[0]) : text);
        return Object.fromEntries(Object.entries(found).map(([key, text]) => [key, there(text)]));
      },
    });
    this.#pods.set(uid, pod);
    await this.#bindClaims(object.spec);
    return pod;
  }

  /** Every volume is there at once, as large as was asked for. */
  async #bindClaims(spec) {
    for (const { persistentVolumeClaim: claim } of spec.volumes.filter((volume) => volume.persistentVolumeClaim)) {
      const path = `/api/v1/namespaces/${this.#namespace}/persistentvolumeclaims/${claim.claimName}/status`;
      await this.#api('PATCH', path, { status: { phase: 'Bound' } }, 'application/merge-patch+json');
    }
  }

  async #keep(pod, object) {
    try {
      pod.files.write();
      pod.waiting = undefined;
    } catch (error) {
      // As in a real one: it waits for the Secret, and says so.
      pod.waiting = error.message;
    }
    const [container] = pod.spec.containers;
    const isDown = pod.process === undefined || pod.process.isOver;
    if (isDown && !pod.waiting && Date.now() >= (pod.startAfter ?? 0)) this.#launch(pod, container);
    const isUp = pod.process !== undefined && !pod.process.isOver;
    pod.started = isUp && (pod.started || (await this.#probe(pod, container.startupProbe)));
    const isReady = pod.started && (await this.#probe(pod, container.readinessProbe));
    await this.#report(pod, container, object, { isUp, isReady });
  }

  #launch(pod, container) {
    pod.restarts += 1;
    pod.started = false;
    const isRedis = container.command?.[0] === 'valkey-server';
    const variables = pod.files.environment(container);
    if (variables.QWARDEN_LISTEN) variables.QWARDEN_LISTEN = `127.0.0.1:${pod.port}`;
    const bin = this.#programs(pod.port);
    pod.environment = { PATH: `${bin}:${process.env.PATH}`, HOME: pod.directory, NODE_ENV: 'production', ...variables };
    const inside = (texts) => texts.map((text) => pod.files.inside(text, container));
    const args = isRedis
      ? inside([...container.command.slice(1), '--dir', '/data', '--port', String(pod.port), '--bind', '127.0.0.1'])
      : [cliEntry, ...inside(container.args)];
    const program = isRedis ? this.#redis.server : process.execPath;
    const child = launch(program, args, { log: pod.log, cwd: pod.directory, env: pod.environment });
    pod.process = child;
    const about = { pod: pod.name, uid: pod.uid, component: pod.labels['app.kubernetes.io/component'] };
    this.history.push({ what: 'start', image: container.image, ...about });
    void this.#follow(pod, child, about);
  }

  async #follow(pod, child, about) {
    const outcome = await child.ended;
    child.isOver = true;
    pod.startAfter = Date.now() + BACKOFF_MS;
    this.history.push({ what: 'end', outcome, ...about });
  }

  /** The client that a probe calls, led to the port. */
  #programs(port) {
    const bin = join(this.#directory, 'bin', String(port));
    mkdirSync(bin, { recursive: true });
    const client = `#!/bin/sh\nexec ${this.#redis.cli} -p ${port} "$@"\n`;
    writeFileSync(join(bin, 'valkey-cli'), client, { mode: 0o755 });
    return bin;
  }

  async #probe(pod, probe) {
    if (probe === undefined) return true;
    if (probe.exec) {
      const [container] = pod.spec.containers;
      const [command, ...args] = probe.exec.command.map((text) => pod.files.inside(text, container));
      return (await finished(command, args, { env: pod.environment, cwd: pod.directory })).code === 0;
    }
    try {
      return (await httpGet(Kubelet.urlOf(pod, probe.httpGet.path))).status === 200;
    } catch {
      return false;
    }
  }

  async #report(pod, container, object, { isUp, isReady }) {
    const told = JSON.stringify([isUp, isReady, pod.started, pod.restarts, pod.waiting]);
    if (told === pod.told) return;
    const now = new Date().toISOString();
    const condition = (type, is) => ({ type, status: is ? 'True' : 'False', lastTransitionTime: now });
    const state = isUp
      ? { running: { startedAt: now } }
      : { waiting: { reason: pod.waiting ? 'CreateContainerConfigError' : 'CrashLoopBackOff', message: pod.waiting } };
    const status = {
      phase: pod.restarts < 0 ? 'Pending' : 'Running',
      startTime: object.status.startTime ?? now,
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', true),
        condition('ContainersReady', isReady),
        condition('Ready', isReady),
      ],
      containerStatuses: [
        {
          name: container.name,
          image: container.image,
          imageID: '',
          ready: isReady,
          started: pod.started,
          restartCount: Math.max(0, pod.restarts),
          state,
        },
      ],
    };
    const path = `/api/v1/namespaces/${this.#namespace}/pods/${pod.name}/status`;
    const answer = await this.#api('PATCH', path, { status }, 'application/merge-patch+json');
    if (answer.status === 200) pod.told = told;
    else if (answer.status !== 404) throw new Error(JSON.stringify(answer.body));
  }

  /** Takes the time that the pod may take, while the others go on. */
  async #remove(pod, object) {
    if (pod.ended) return;
    pod.ended = true;
    const graceMs = (object.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    const done = pod.process === undefined || pod.process.isOver ? Promise.resolve() : end(pod.process, graceMs);
    void done
      .then(() =>
        this.#api('DELETE', `/api/v1/namespaces/${this.#namespace}/pods/${pod.name}`, {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: 0,
          preconditions: { uid: pod.uid },
        }),
      )
      .catch((error) => this.errors.push(String(error)));
  }
}

/** Status and text. */
export function httpGet(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, timeout: 5000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}
