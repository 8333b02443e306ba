import { createClient, type FileAttributes, type QumuloClient, systemClock } from '@qwarden/qumulo-client';
import { type Emulator, type EmulatorOptions, startEmulator } from '@qwarden/qumulo-emulator';
import { z } from 'zod';
import type {
  Action,
  ActionContext,
  ActionInput,
  ActionOutcome,
  ExpectedEffect,
  Outside,
} from '../../src/actions/port.ts';
import type { ChangeType } from '../../src/events/kinds.ts';

const CHANGED_AT = Date.UTC(2031, 11, 31, 23, 59, 58);

/** The program dies here. */
export class Crash extends Error {}

const nothing = () => Promise.reject(new Error('the actions on the cluster need nothing of the world outside'));
const outside: Outside = {
  http: nothing,
  mail: nothing,
  run: nothing,
  publish: nothing,
  secret: () => '',
};

/** Actions against the emulator. */
export class ActionBench {
  readonly emulator: Emulator;
  readonly client: QumuloClient;
  /** What the loop guard was told, in order. */
  readonly expected: ExpectedEffect[] = [];
  /** What the cluster reported, of anything. */
  readonly seen: { readonly type: ChangeType; readonly fileId: string }[] = [];
  readonly #watch: { readonly queued: number; close(): void };

  static async open(options: EmulatorOptions = {}): Promise<ActionBench> {
    return new ActionBench(await startEmulator({ tls: false, ...options }));
  }

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.client = this.clientWith(emulator.accessToken);
    this.#watch = emulator.fs.watch.open(
      ADMIN,
      '/',
      { recursive: true },
      {
        batch: (events) => {
          for (const { type, spine } of events) this.seen.push({ type, fileId: spine?.at(-1) ?? '' });
          return true;
        },
        end: () => undefined,
      },
    );
  }

  /** What the cluster reported of an object, once all of it has arrived. */
  async reported(fileId: string): Promise<ChangeType[]> {
    do {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    } while (this.#watch.queued > 0);
    return this.seen.filter((event) => event.fileId === fileId).map(({ type }) => type);
  }

  clientWith(accessToken: string): QumuloClient {
    const { host, port } = this.emulator;
    return createClient({ host, port, protocol: 'http', credentials: { accessToken }, connections: 4 });
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.client.close();
    await this.emulator.stop();
  }

  /** Makes a file with all directories above it; its id. */
  async file(path: string, data = 'data'): Promise<string> {
    const slash = path.lastIndexOf('/');
    await this.directory(path.slice(0, slash));
    const { data: made } = await this.client.files.createFile(path.slice(0, slash) || '/', path.slice(slash + 1));
    if (data !== '') await this.client.files.writeData(made.id, data);
    return made.id;
  }

  async directory(path: string): Promise<string> {
    let id = '2';
    let at = '';
    for (const name of path.split('/').slice(1)) {
      const known = this.emulator.fs.idOf(`${at}/${name}`);
      id = known ?? (await this.client.files.createDirectory(at || '/', name)).data.id;
      at = `${at}/${name}`;
    }
    return id;
  }

  /** Paths of everything below a directory, sorted; directories end in a slash. */
  async tree(path = '/'): Promise<string[]> {
    const paths: string[] = [];
    for await (const entry of this.client.files.walk(path)) paths.push(entry.path);
    return paths.sort();
  }

  async at(ref: string): Promise<FileAttributes> {
    return (await this.client.files.getAttributes(ref, { retrieveFileLock: true })).data;
  }

  async text(ref: string): Promise<string> {
    return (await this.client.files.readData(ref)).data.toString();
  }

  input<P>(
    action: Action<P>,
    params: unknown,
    fileId: string,
    path: string,
    more: Partial<ActionInput<P>> = {},
  ): ActionInput<P> {
    return {
      params: action.params(z).parse(params),
      change: {
        id: '7.0',
        type: 'child_file_added',
        fileId,
        path,
        movedFrom: null,
        kind: 'file',
        stream: null,
        at: CHANGED_AT,
        lineage: 0,
      },
      subject: { fileId, path },
      job: {
        key: `rule\u0000${fileId}`,
        match: '7.0/rule',
        rule: 'rule',
        step: 0,
        attempt: 1,
        changedAt: CHANGED_AT,
        armedAt: CHANGED_AT,
        settleMs: 0,
        fresh: true,
      },
      outputs: {},
      ...more,
    };
  }

  context(more: Partial<ActionContext> = {}): ActionContext {
    return {
      cluster: this.client,
      clock: systemClock,
      random: () => 0.5,
      signal: new AbortController().signal,
      effect: (expected, make) => {
        this.expected.push(...expected);
        return make();
      },
      standing: () => Promise.resolve('covered'),
      isLocked: () => Promise.resolve(false),
      namesOf: () => [],
      outside,
      ...more,
    };
  }

  /** Runs an action for a file that is at `path` by now. */
  run<P>(
    action: Action<P>,
    params: unknown,
    fileId: string,
    path: string,
    more: Partial<ActionInput<P>> = {},
  ): Promise<ActionOutcome> {
    return action.run(this.input(action, params, fileId, path, more), this.context());
  }

  dryRun<P>(action: Action<P>, params: unknown, fileId: string, path: string): Promise<string> {
    return action.dryRun(this.input(action, params, fileId, path), this.context());
  }

  /** A client with which the program dies at its n-th call, before the cluster gets it or after. */
  dyingAt(n: number, when: 'before' | 'after'): { readonly client: QumuloClient; readonly died: () => boolean } {
    let calls = 0;
    const die = (): never => {
      throw new Crash();
    };
    const wrap = <T extends object>(part: T): T =>
      new Proxy(part, {
        get: (target, key, receiver) => {
          const value: unknown = Reflect.get(target, key, receiver);
          if (typeof value === 'object' && value !== null) return wrap(value);
          if (typeof value !== 'function') return value;
          return (...parameters: unknown[]): unknown => {
            calls += 1;
            if (calls > n || (calls === n && when === 'before')) throw new Crash();
            const result: unknown = Reflect.apply(value, target, parameters);
            return calls === n && result instanceof Promise ? result.then(die) : result;
          };
        },
      });
    return { client: wrap(this.client), died: () => calls >= n };
  }

  /**
   * Lets the program die at every call of a run in turn, each time with what `arrange` makes anew, lets it run again as a restarted program would,
   * and hands the outcome of the last run to `check`.
   */
  async dyingEverywhere<P>(
    action: Action<P>,
    arrange: (round: number) => Promise<{ params: unknown; fileId: string; path: string }>,
    check: (round: number, outcome: ActionOutcome, at: string) => Promise<void>,
  ): Promise<number> {
    let round = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        round += 1;
        const { params, fileId, path } = await arrange(round);
        const input = this.input(action, params, fileId, path);
        const { client, died } = this.dyingAt(n, when);
        const first = await action.run(input, this.context({ cluster: client }));
        const last = await action.run(input, this.context());
        await check(round, last, `${when} call ${n}`);
        if (!died() || first.kind === 'done') break;
        if (n > 200) throw new Error('it never ends');
      }
    }
    return round;
  }

  /** Changes of an object that the cluster reported and the loop guard was not told of. */
  async unexpected(fileId: string): Promise<ChangeType[]> {
    const told = this.expected.filter((effect) => effect.fileId === fileId).flatMap(({ types }) => types);
    return (await this.reported(fileId)).filter((type) => !told.includes(type));
  }

  /** Begins anew: what was reported and told so far counts no more. */
  async fromHere(): Promise<void> {
    await this.reported('');
    this.seen.length = 0;
    this.expected.length = 0;
  }
}

const ADMIN = { authId: '500', groupIds: ['513'], privileges: new Set(['PRIVILEGE_FILE_FULL_ACCESS'] as const) };
