/**
 * Every error that the server itself answers, one named function each: status, class, text (FACTS 2). Errors of the file
 * system keep their own class and are given their status in `fs-errors.ts`.
 */
import { type ErrorChoice, unknownErrors } from '../unknowns.ts';

/** An answer that is not 2xx. `errorClass` undefined = no body at all (`Content-Length: 0`), as for a missing bearer (FACTS 1). */
export class ApiError extends Error {
  readonly status: number;
  readonly errorClass: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorClass: string | undefined,
    description: string,
    headers: Record<string, string> = {},
  ) {
    super(description);
    this.name = 'ApiError';
    this.status = status;
    this.errorClass = errorClass;
    this.headers = headers;
  }
}

const chosen = (choice: ErrorChoice, description: string, headers: Record<string, string> = {}): ApiError =>
  new ApiError(choice.status, choice.errorClass, description, headers);

/** The flat envelope of FACTS 2.1. `stack` is present and empty: nothing of the emulator's own insides belongs there. */
export function errorBody(errorClass: string, description: string): string {
  return JSON.stringify({ description, module: 'emulator', error_class: errorClass, user_visible: true, stack: [] });
}

/** Missing, empty or unknown bearer: 401 without a body (FACTS 1, seen in logs of real clusters). */
export const unauthenticated = (): ApiError => new ApiError(401, undefined, 'Authentication required');

/** An expired or disabled bearer, where a cluster is taken to explain itself (UNKNOWN: `unknowns.expiredBearerAnswer`). */
export const expiredBearer = (): ApiError =>
  new ApiError(401, 'http_unauthorized_error', 'The bearer token is expired, disabled or unknown');

/** Wrong user name or password at login (FACTS 1, class and text seen). */
export const wrongPassword = (): ApiError =>
  new ApiError(401, 'http_unauthorized_error', 'Incorrect username or password');

/** The caller's roles lack a privilege (FACTS 2.2: 403; the class is that of the audit log). */
export const missingPrivilege = (privilege: string): ApiError =>
  new ApiError(403, 'http_unauthorized_error', `This operation requires the privilege ${privilege}`);

/** Unknown URI, or a collection without its trailing slash (FACTS 2.2). */
export const unknownUri = (method: string, path: string): ApiError =>
  new ApiError(404, 'http_not_found_error', `No such resource: ${method} ${path.slice(0, 200)}`);

/** Known URI, verb not offered (FACTS 2.2: 405; class UNKNOWN). */
export const verbNotOffered = (method: string, allow: readonly string[]): ApiError =>
  chosen(unknownErrors.verbNotOffered, `Method ${method} is not offered here`, {
    Allow: allow.join(', '),
  });

/** Documented, but not built in this emulator: names the operation so that nobody has to guess. */
export const notBuilt = (operation: string): ApiError =>
  new ApiError(501, 'http_not_implemented_error', `${operation} is documented but not built in this emulator`);

/** Body that is no JSON, or a missing or mistyped field (FACTS 2.2: `decode_error`, 400). */
export const decodeError = (text: string): ApiError => new ApiError(400, 'decode_error', text);

/** A query value of the wrong form (FACTS 2.2: 400; class UNKNOWN). */
export const badQuery = (name: string, value: string, expected: string): ApiError =>
  chosen(
    unknownErrors.badQuery,
    `Query parameter '${name}' is ${JSON.stringify(value.slice(0, 100))}; expected ${expected}`,
  );

/** A reference that is neither an absolute path nor a file id (FACTS 13: "is a 4xx"). */
export const badReference = (raw: string, why: string): ApiError =>
  new ApiError(400, 'http_bad_request_error', `Reference ${JSON.stringify(raw.slice(0, 200))} ${why}`);

/** A path parameter that is no decimal number where one is needed. */
export const badId = (name: string, value: string): ApiError =>
  new ApiError(400, 'http_bad_request_error', `${name} ${JSON.stringify(value.slice(0, 100))} is not a number`);

/** A request that is well formed, and cannot be meant. */
export const badRequest = (text: string): ApiError => new ApiError(400, 'http_bad_request_error', text);

export const tooLarge = (limit: number): ApiError =>
  new ApiError(413, 'http_request_entity_too_large_error', `Body is larger than ${limit} bytes`);

/** Something of this name, id or kind is not there. */
export const notFound = (errorClass: string, text: string): ApiError => new ApiError(404, errorClass, text);
