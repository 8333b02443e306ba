import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';
import { controlDirectory, shownPlace } from '../look/place.ts';
import { controlAddress } from './address.ts';
import { onLines } from './lines.ts';
import { type ControlTable, isObject, jsonOrUndefined, type Method } from './protocol.ts';

const PATIENCE_MS = 15_000;

/** The running monitor of a state directory. */
export interface ControlClient {
  /** Rejects with CliError when it refuses or does not answer. */
  ask<M extends Method>(method: M, params: ControlTable[M]['params']): Promise<ControlTable[M]['result']>;
  close(): void;
}

/** `place`: a state directory or the address of a Redis. Undefined when no monitor runs there. Throws CliError when one does and cannot be spoken to. */
export async function connectControl(
  place: string,
  patienceMs: number = PATIENCE_MS,
): Promise<ControlClient | undefined> {
  const stateDir = shownPlace(place);
  const address = controlAddress(controlDirectory(place, process.env));
  if (address.directory !== null && !isOurs(address.directory)) return undefined;
  const socket = connect(address.path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    const code = errnoOf(error);
    // Nothing there, or one that was left behind.
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return undefined;
    throw new CliError('failed', `The monitor of ${stateDir} cannot be reached (${code ?? String(error)}).`, {
      remedy: 'It can be reached by the user that runs it.',
      cause: error,
    });
  }
  return new Client(socket, stateDir, patienceMs);
}

/** In a place where all can write, a directory of that name may be somebody else's. */
function isOurs(directory: string): boolean {
  try {
    return lstatSync(directory).uid === process.getuid?.();
  } catch {
    return false;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

class Client implements ControlClient {
  readonly #socket: Socket;
  readonly #stateDir: string;
  readonly #patienceMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(socket: Socket, stateDir: string, patienceMs: number) {
    this.#socket = socket;
    this.#stateDir = stateDir;
    this.#patienceMs = patienceMs;
    onLines(socket, (line) => this.#take(line));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#fail('has ended before it answered'));
  }

  async ask<M extends Method>(method: M, params: ControlTable[M]['params']): Promise<ControlTable[M]['result']> {
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const late = setTimeout(() => this.#fail(`has not answered within ${this.#patienceMs / 1000} s`), this.#patienceMs);
    this.#socket.write(`${JSON.stringify({ id, method, params })}\n`);
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is this program
      return (await answer) as ControlTable[M]['result'];
    } finally {
      clearTimeout(late);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(line: string): void {
    const response = jsonOrUndefined(line);
    if (!isObject(response)) return this.#fail('answers with something that is no answer');
    const waiting = this.#waiting.get(Number(response['id']));
    this.#waiting.delete(Number(response['id']));
    if (response['ok'] === true) waiting?.resolve(response['result']);
    else
      waiting?.reject(new CliError('failed', `The monitor of ${this.#stateDir} refused: ${String(response['error'])}`));
  }

  #fail(what: string): void {
    const error = new CliError('failed', `The monitor of ${this.#stateDir} ${what}.`, { remedy: 'See its log.' });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
