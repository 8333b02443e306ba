import type { Answer, CallOptions } from '../options.ts';
import type { Privilege } from '../wire/generated.ts';

/** The user behind the client's credentials. */
export interface WhoAmI {
  id: string;
  name: string;
  /** Names as in `Privilege`; later releases know more. */
  privileges: (Privilege | (string & {}))[];
  primary_group?: string | null;
  sid?: string | null;
  uid?: string | null;
  home_directory?: string | null;
  can_change_password?: boolean | null;
  /** Only with an access token. */
  access_token_id?: string | null;
}

export interface SessionApi {
  /**
   * Opens a session now; calls do it by themselves. Nothing to do with an access token.
   * @throws QumuloLoginError when the cluster refuses.
   */
  login(options?: CallOptions): Promise<void>;
  whoAmI(options?: CallOptions): Promise<Answer<WhoAmI>>;
  /** Names of the caller's roles. */
  roles(options?: CallOptions): Promise<Answer<string[]>>;
  /** Forgets the session's token; the API has no call for it, the cluster lets the session run out (FACTS 1). */
  logout(): void;
}
