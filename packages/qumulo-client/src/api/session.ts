import type { Answer, CallOptions } from '../options.ts';
import { QumuloApiError, QumuloLoginError } from '../errors/api-error.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { list, object } from '../transport/read-body.ts';
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

const login = endpoint('POST /v1/session/login', object<{ bearer_token: string }>('bearer_token'));
const whoAmI = endpoint('GET /v1/session/who-am-i', object<WhoAmI>('id', 'name'));
const roles = endpoint('GET /v1/session/roles', list<string>);

/**
 * Asks the cluster for a session's token.
 * @throws QumuloLoginError when the cluster refuses this user, or passwords as such.
 */
export async function openSession(caller: Caller, username: string, password: string): Promise<string> {
  try {
    const answer = await caller.call(login, [], undefined, { json: { username, password }, anonymous: true });
    return answer.data.bearer_token;
  } catch (error) {
    throw error instanceof QumuloApiError ? loginError(error, username) : error;
  }
}

function loginError(error: QumuloApiError, username: string): QumuloApiError {
  // Known by its class only, the status is not documented (FACTS 1).
  const ssoRequired = error.errorClass === 'auth_sso_required_error';
  if (error.status !== 401 && !ssoRequired) return error;
  const advice = ssoRequired
    ? 'this cluster demands single sign-on, so use an access token'
    : `the cluster does not accept user ${JSON.stringify(username)} with this password`;
  return new QumuloLoginError({
    status: error.status,
    errorClass: error.errorClass,
    description: `${error.description}: ${advice}`,
    operation: error.operation,
    retryable: false,
    ssoRequired,
  });
}

export function sessionApi(caller: Caller): SessionApi {
  const { session } = caller;
  return {
    login: async (options) => {
      if (session.renewable) await caller.renewSession(options?.signal);
    },
    whoAmI: (options) => caller.call(whoAmI, [], options),
    roles: (options) => caller.call(roles, [], options),
    logout: () => session.forget(),
  };
}
