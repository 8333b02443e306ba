import type { Answer, CallOptions } from '../options.ts';
import type { Identity } from './files/acl.ts';

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
