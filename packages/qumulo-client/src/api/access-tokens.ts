import type { Answer, CallOptions } from '../options.ts';
import type { Identity } from './files/acl.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { encodeSegment } from '../transport/encode.ts';
import { type Paged, pages } from '../transport/paging.ts';
import { listIn, nothing, object } from '../transport/read-body.ts';

export interface AccessToken {
  id: string;
  user: Identity;
  creator: Identity;
  creation_time: string;
  expiration_time?: string | null;
  enabled?: boolean;
}

export interface AccessTokensApi {
  /** Of one user when given (name, `uid:1001`, `auth_id:500`, SID). */
  list(options?: CallOptions & { user?: string | undefined; limit?: number | undefined }): AsyncIterable<AccessToken>;
  get(id: string, options?: CallOptions): Promise<Answer<AccessToken>>;
  /** `bearer_token` is shown this once. At most two tokens a user (FACTS 1). */
  create(
    user: Identity,
    options?: CallOptions & { expirationTime?: string | undefined },
  ): Promise<Answer<{ id: string; bearer_token: string }>>;
  modify(
    id: string,
    patch: { expiration_time?: string | null; enabled?: boolean },
    options?: CallOptions,
  ): Promise<Answer<AccessToken>>;
  delete(id: string, options?: CallOptions): Promise<Answer<undefined>>;
}

interface TokensPage extends Paged {
  entries: AccessToken[];
}

const readToken = object<AccessToken>('id');
const list = endpoint('GET /v1/auth/access-tokens/', listIn<TokensPage>('entries'));
const get = endpoint('GET /v1/auth/access-tokens/{id}', readToken);
const create = endpoint(
  'POST /v1/auth/access-tokens/',
  object<{ id: string; bearer_token: string }>('id', 'bearer_token'),
);
const patch = endpoint('PATCH /v1/auth/access-tokens/{id}', readToken);
const remove = endpoint('DELETE /v1/auth/access-tokens/{id}', nothing);

export function accessTokensApi(caller: Caller): AccessTokensApi {
  return {
    list: async function* (options) {
      const query = { user: options?.user, limit: options?.limit };
      for await (const page of pages(caller, list, [], query, options)) yield* page.data.entries;
    },
    get: async (id, options) => caller.call(get, [encodeSegment(id)], options),
    create: async (user, options) =>
      caller.call(create, [], options, {
        json: {
          user,
          ...(options?.expirationTime === undefined ? {} : { expiration_time: options.expirationTime }),
        },
      }),
    modify: async (id, changes, options) => caller.call(patch, [encodeSegment(id)], options, { json: changes }),
    delete: async (id, options) => caller.call(remove, [encodeSegment(id)], options),
  };
}
