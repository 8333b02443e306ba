import type { SecureContext } from 'node:tls';
import type { Clock } from '@qwarden/qumulo-client';
import type { Agent, Dispatcher } from 'undici';
import { type HttpAnswer, type HttpRequest, OutsideError } from '../actions/port.ts';
import { HTTP_PROTOCOLS, percentDecoded } from '../actions/secrets/url.ts';
import { connectionFailure } from './connection-failure.ts';
import { codeOf } from './errno.ts';
import type { Targets } from './targets.ts';
import { within } from './within.ts';

/** Most connections to one host: a receiver that hangs must not use up what the others need. */
const CONNECTIONS = 32;

export class HttpSender {
  readonly #clock: Clock;
  readonly #trust: () => SecureContext;
  readonly #targets: Targets;
  #agent: Promise<Agent> | undefined;

  constructor(clock: Clock, trust: () => SecureContext, targets: Targets) {
    this.#clock = clock;
    this.#trust = trust;
    this.#targets = targets;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const url = URL.parse(request.url);
    if (url === null || !HTTP_PROTOCOLS.includes(url.protocol))
      throw new OutsideError('the address is not an http or https URL', { transient: false });
    this.#targets.demandHost(url.hostname, Number(url.port || (url.protocol === 'https:' ? 443 : 80)));
    const agent = await (this.#agent ??= this.#open());
    const late = `${url.host}: no answer in ${request.timeoutMs / 1000} s`;
    return await within({ clock: this.#clock, ms: request.timeoutMs, signal, late }, async (cut) => {
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method,
          headers: { ...basicAuth(url), ...request.headers },
          body: request.body,
          signal: cut,
        });
        const headers = flat(answer.headers);
        return { status: answer.statusCode, headers, body: await readSome(answer.body, request.maxBytes) };
      } catch (error) {
        throw failure(error, url.host);
      }
    });
  }

  async close(): Promise<void> {
    const agent = await this.#agent;
    this.#agent = undefined;
    await agent?.destroy();
  }

  async #open(): Promise<Agent> {
    // Late: loading it takes longer than the start of a command should.
    const { Agent } = await import('undici');
    // How long anything may take is decided in `within`.
    return new Agent({
      connections: CONNECTIONS,
      connect: { secureContext: this.#trust(), lookup: this.#targets.lookup, timeout: 0 },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }
}

/** Reads at most so many bytes; what follows is not read at all, its connection is ended. */
async function readSome(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let left = maxBytes;
  // Leaving the loop destroys the body.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return out;
}

function basicAuth({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const plain = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

/** By code alone. The errors themselves do not travel on: they may hold what was sent. */
function failure(error: unknown, at: string): OutsideError {
  if (error instanceof OutsideError) return error;
  const code = codeOf(error);
  const known = connectionFailure(code, at);
  if (known !== undefined) return known;
  if (code === 'UND_ERR_INVALID_ARG')
    return new OutsideError(`${at}: a header has a name or a value that HTTP does not allow`, { transient: false });
  const notHttp = code === 'UND_ERR_HEADERS_OVERFLOW' || (error instanceof Error && error.name === 'HTTPParserError');
  if (notHttp) return new OutsideError(`${at}: what it answers is not HTTP`, { transient: false });
  return new OutsideError(`${at}: the exchange broke off${code === '' ? '' : ` (${code})`}`, { transient: true });
}
