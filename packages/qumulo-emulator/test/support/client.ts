import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { onTestFinished } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/index.ts';

/** An answer with everything a test may look at. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** Parsed body; undefined when empty. */
  readonly json: unknown;
}

export interface CallOptions {
  /** Objects and arrays go as JSON; text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Bearer; default the emulator's access token, null = no header. */
  readonly token?: string | null;
  readonly chunked?: boolean;
  readonly agent?: HttpAgent;
}

/** Plain node requests: nothing of our own client stands between a test and the wire. */
export class TestClient {
  readonly emulator: Emulator;
  readonly agent: HttpAgent;

  constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.agent = newAgent(emulator);
  }

  send(method: string, path: string, options: CallOptions = {}): ClientRequest {
    const { emulator } = this;
    const token = options.token === undefined ? emulator.accessToken : options.token;
    const body = encode(options.body);
    const headers: Record<string, string> = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? { 'content-length': '0' } : { 'content-type': 'application/json' }),
      ...(body === undefined || options.chunked === true ? {} : { 'content-length': String(body.length) }),
      ...options.headers,
    };
    if (options.chunked === true) delete headers['content-length'];
    const make = emulator.fingerprint256 === '' ? httpRequest : httpsRequest;
    const request = make({
      host: emulator.host,
      port: emulator.port,
      method,
      path,
      headers,
      agent: options.agent ?? this.agent,
    });
    if (options.chunked === true) request.setHeader('transfer-encoding', 'chunked');
    if (body === undefined) request.end();
    else request.end(body);
    return request;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await responseOf(this.send(method, path, options));
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(Buffer.from(piece));
    const bytes = Buffer.concat(pieces);
    const text = bytes.toString('utf8');
    const isJson = response.headers['content-type'] === 'application/json' && text !== '';
    const json: unknown = isJson ? JSON.parse(text) : undefined;
    return { status: response.statusCode ?? 0, headers: response.headers, bytes, text, json };
  }

  /** As `call`, and the answer must be 2xx. */
  async ok(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const answer = await this.call(method, path, { ...options, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  async login(username: string, password: string): Promise<string> {
    const answer = await this.call('POST', '/v1/session/login', { body: { username, password }, token: null });
    return textAt(answer.json, 'bearer_token');
  }

  /** A user with the privileges of one made-up role, logged in. */
  async userWith(name: string, privileges: readonly string[]): Promise<{ id: string; token: string }> {
    const user = await this.ok('POST', '/v1/users/', { name, primary_group: '513', uid: '', password: 'pw' });
    await this.ok('POST', '/v1/auth/roles/', { name: `role-of-${name}`, description: '', privileges });
    await this.ok('POST', `/v1/auth/roles/role-of-${name}/members`, { name });
    return { id: textAt(user.json, 'id'), token: await this.login(name, 'pw') };
  }

  async createFile(directory: string, name: string): Promise<string> {
    const answer = await this.ok('POST', `/v1/files/${encodeURIComponent(directory)}/entries/`, {
      name,
      action: 'CREATE_FILE',
    });
    return textAt(answer.json, 'id');
  }

  async createDirectory(directory: string, name: string): Promise<string> {
    const answer = await this.ok('POST', `/v1/files/${encodeURIComponent(directory)}/entries/`, {
      name,
      action: 'CREATE_DIRECTORY',
    });
    return textAt(answer.json, 'id');
  }
}

/** A cluster of the test's own, stopped when the test ends. */
export async function startCluster(options: EmulatorOptions = {}): Promise<TestClient> {
  const emulator = await startEmulator(options);
  const client = new TestClient(emulator);
  onTestFinished(async () => {
    client.agent.destroy();
    await emulator.stop();
  });
  return client;
}

export function newAgent(emulator: Emulator): HttpAgent {
  return emulator.fingerprint256 === ''
    ? new HttpAgent({ keepAlive: true })
    : new HttpsAgent({ keepAlive: true, rejectUnauthorized: false });
}

export function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
}

/** The value at a dotted path (`entries.0.id`); undefined when there is none. */
export function at(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

/** As `at`; throws unless it is text. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found !== 'string') throw new Error(`No text at ${path} of ${JSON.stringify(value)}`);
  return found;
}

/** As `at`; throws unless it is an array. */
export function listAt(value: unknown, path: string): unknown[] {
  const found = path === '' ? value : at(value, path);
  if (!Array.isArray(found)) throw new Error(`No list at ${path} of ${JSON.stringify(value)}`);
  return found;
}

function encode(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
