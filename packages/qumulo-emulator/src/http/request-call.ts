import type { Cluster } from '../cluster/cluster.ts';
import type { Caller } from '../fs/api.ts';
import type { Principal } from '../identity/identity.ts';
import type { Privilege } from '../identity/privileges.ts';
import { missingPrivilege, unauthenticated } from './errors.ts';
import type { Call, Row } from './operation.ts';
import { decodeSegment } from './percent.ts';
import { Query } from './query.ts';

interface RequestParts {
  readonly request: { readonly headers: { readonly 'if-match'?: string | undefined } };
  readonly path: string;
  readonly rawQuery: string;
  readonly nowMs: number;
  readonly startedAt: number;
}

/** A `Call` over a request; decodes only what the handler looks at. */
export class RequestCall implements Call {
  readonly cluster: Cluster;
  readonly path: string;
  readonly nowMs: number;
  readonly startedAt: number;
  readonly ifMatch: string | undefined;
  readonly #row: Row;
  readonly #parameters: readonly string[];
  readonly #principal: Principal | undefined;
  readonly #rawQuery: string;
  #query: Query | undefined;

  constructor(
    cluster: Cluster,
    row: Row,
    parameters: readonly string[],
    parts: RequestParts,
    principal: Principal | undefined,
  ) {
    this.cluster = cluster;
    this.path = parts.path;
    this.nowMs = parts.nowMs;
    this.startedAt = parts.startedAt;
    this.ifMatch = parts.request.headers['if-match'];
    this.#row = row;
    this.#parameters = parameters;
    this.#principal = principal;
    this.#rawQuery = parts.rawQuery;
  }

  get principal(): Principal {
    if (this.#principal === undefined) throw unauthenticated();
    return this.#principal;
  }

  get caller(): Caller {
    return this.principal.caller;
  }

  get query(): Query {
    this.#query ??= new Query(this.#rawQuery);
    return this.#query;
  }

  param(name: string): string {
    const raw = this.#parameters[this.#row.parameterNames.indexOf(name)];
    if (raw === undefined) throw new Error(`Operation ${this.#row.name} has no parameter ${name}`);
    return decodeSegment(raw);
  }

  require(privilege: Privilege): void {
    if (!this.caller.privileges.has(privilege)) throw missingPrivilege(privilege);
  }
}
