import type { Credentials } from '../options.ts';

/**
 * The bearer token that calls carry, and who opens the next one. However many calls find at the same time that the
 * session has ended, one login is made and all of them wait for it.
 */
export class Session {
  readonly #credentials: Credentials | undefined;
  readonly #login: (username: string, password: string) => Promise<string>;
  #token: string | undefined;
  #opening: Promise<string> | undefined;

  /** @param login asks the cluster for a token. */
  constructor(credentials: Credentials | undefined, login: (username: string, password: string) => Promise<string>) {
    this.#credentials = credentials;
    this.#login = login;
    if (credentials !== undefined && 'accessToken' in credentials) this.#token = credentials.accessToken;
  }

  /** The token to send; undefined when there is none (yet). */
  get token(): string | undefined {
    return this.#token;
  }

  /** Whether a new token can be had: not with an access token, and not without credentials. */
  get renewable(): boolean {
    return this.#credentials !== undefined && 'username' in this.#credentials;
  }

  get anonymous(): boolean {
    return this.#credentials === undefined;
  }

  /** A token that is not `stale`: the present one when somebody has renewed it meanwhile, else from one shared login. */
  renew(stale: string | undefined): Promise<string> {
    if (this.#token !== undefined && this.#token !== stale) return Promise.resolve(this.#token);
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Forgets the session's token; an access token stays. */
  forget(): void {
    if (this.renewable) this.#token = undefined;
  }

  /** Text of the cluster without our secrets, should it echo them. */
  redact(text: string): string {
    let clean = text;
    for (const secret of this.#secrets()) clean = clean.replaceAll(secret, '***');
    return clean;
  }

  async #open(): Promise<string> {
    if (this.#credentials === undefined || !('username' in this.#credentials)) {
      throw new TypeError('There is no user name and password to open a session with.');
    }
    const token = await this.#login(this.#credentials.username, this.#credentials.password);
    this.#token = token;
    return token;
  }

  *#secrets(): Iterable<string> {
    if (this.#token !== undefined && this.#token !== '') yield this.#token;
    if (this.#credentials !== undefined && 'password' in this.#credentials && this.#credentials.password.length > 3) {
      yield this.#credentials.password;
    }
  }
}
