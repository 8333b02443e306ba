import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Emulator } from '../types.ts';
import { FsError } from '../fs/errors.ts';
import { parseJson, readBody } from '../http/body.ts';
import { ApiError, errorBody, unauthenticated, unknownUri, verbNotOffered } from '../http/errors.ts';
import { bearerOf } from '../http/pipeline.ts';
import { sendError } from '../http/respond.ts';
import { Router } from '../http/router.ts';
import { ClusterError } from '../cluster/errors.ts';
import { ADMIN_USER } from '../identity/auth-id.ts';
import { controlCommands, type ControlCommand, type Later } from './commands.ts';

const MAX_BODY = 1024 ** 2;

/** `/_emulator/…`: faults, clock and statistics over HTTP, for whoever does not have the library at hand. */
export class Control {
  readonly #emulator: Emulator;
  readonly #router = new Router<ControlCommand>();

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    for (const command of controlCommands) this.#router.add(command.method, command.pattern, command);
  }

  /** True: the request is this API's, and answered. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    void this.#run(request, response, path);
    return true;
  }

  async #run(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { clock } = this.#emulator;
    try {
      if (!this.#mayCall(request)) throw unauthenticated();
      const method = request.method ?? 'GET';
      const found = this.#router.find(method, path);
      if (found === undefined) throw unknownUri(method, path);
      if ('allow' in found) throw verbNotOffered(method, found.allow);
      const raw = await readBody(request, MAX_BODY);
      const body = raw.length === 0 ? {} : parseJson(raw);
      const tasks: Parameters<Later>[0][] = [];
      const answer = await found.target.run(this.#emulator, body, found.parameters, (task) => tasks.push(task));
      response.once('finish', () => {
        for (const task of tasks) void this.#perform(task);
      });
      sendJson(response, clock.httpDate(clock.nowMs()), answer);
    } catch (error) {
      const [status, errorClass, text] = describe(error);
      request.resume();
      const body = errorClass === undefined ? '' : errorBody(errorClass, text);
      if (!response.headersSent) sendError(response, status, clock.httpDate(clock.nowMs()), body);
    }
  }

  async #perform(task: Parameters<Later>[0]): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#emulator.cluster.reportDefect(error);
    }
  }

  /** From this machine without a token; from elsewhere only the administrator. */
  #mayCall(request: IncomingMessage): boolean {
    const address = request.socket.remoteAddress ?? '';
    if (/^(::ffff:)?127\.|^::1$/.test(address)) return true;
    const bearer = bearerOf(request);
    const principal =
      bearer === '' ? undefined : this.#emulator.cluster.identity.authenticate(bearer, this.#emulator.clock.nowMs());
    return principal?.user.id === ADMIN_USER;
  }
}

function sendJson(response: ServerResponse, date: string, value: unknown): void {
  const body = JSON.stringify(value ?? {});
  response.sendDate = false;
  response.writeHead(200, [
    'Date',
    date,
    'Content-Type',
    'application/json',
    'Content-Length',
    String(Buffer.byteLength(body)),
  ]);
  response.end(body);
}

function describe(error: unknown): [number, string | undefined, string] {
  if (error instanceof ApiError || error instanceof FsError || error instanceof ClusterError)
    return [error.status, error.errorClass, error.message];
  return [400, 'emulator_control_error', error instanceof Error ? error.message : String(error)];
}
