import type { EndpointBodies, EndpointName, endpoints } from '../wire/generated.ts';
import type { QueryValue } from './encode.ts';

/** Names in braces of an endpoint's path, as a tuple of the same length. */
type ParamsIn<Path extends string> = Path extends `${string}{${string}}${infer Rest}`
  ? [string, ...ParamsIn<Rest>]
  : [];

/** Path parameters of an endpoint in order, already encoded. */
export type PathParams<N extends EndpointName> = Readonly<ParamsIn<N>>;

/** Query parameters that the endpoint has. */
export type QueryOf<N extends EndpointName> = Partial<Record<(typeof endpoints)[N]['query'][number], QueryValue>>;

/** JSON body that the endpoint takes. */
export type BodyOf<N extends EndpointName> = EndpointBodies[N]['request'];

/** One documented call: how to name it, build its path and read its answer. */
export interface Endpoint<N extends EndpointName, T> {
  readonly name: N;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path cut at its parameters. */
  readonly parts: readonly string[];
  /** Makes the data of an answer from its body; throws an Error that says what is wrong with it. */
  readonly read: (body: Buffer) => T;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** @param name of the documented API: a name that the schemas do not have is a compile error. */
export function endpoint<N extends EndpointName, T>(name: N, read: (body: Buffer) => T): Endpoint<N, T> {
  const [verb, path = ''] = name.split(' ');
  const method = methods.find((known) => known === verb);
  if (method === undefined) throw new TypeError(`Unknown method in ${JSON.stringify(name)}`);
  return { name, method, parts: path.split(/\{[^}]*\}/), read };
}

export function pathOf<N extends EndpointName>(call: Endpoint<N, unknown>, params: readonly string[]): string {
  const { parts } = call;
  let path = parts[0] ?? '';
  for (let i = 1; i < parts.length; i++) path += (params[i - 1] ?? '') + (parts[i] ?? '');
  return path;
}
