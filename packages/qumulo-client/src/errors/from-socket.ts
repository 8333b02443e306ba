import { type ConnectionErrorKind, QumuloConnectionError } from './connection-error.ts';

/** Where a failed exchange was headed, for messages. */
export interface Destination {
  host: string;
  port: number;
  protocol: 'https' | 'http';
}

/** Turns what Node and undici throw into one class with a kind. */
export function toConnectionError(error: unknown, to: Destination): QumuloConnectionError {
  if (error instanceof QumuloConnectionError) return error;
  const code = codeOf(error);
  const at = `${to.host}:${to.port}`;
  const make = (kind: ConnectionErrorKind, retryable: boolean, message: string) =>
    new QumuloConnectionError({ kind, retryable, message, cause: error });

  switch (code) {
    case 'ENOTFOUND':
      return make('dns', false, `There is no host named ${JSON.stringify(to.host)}.`);
    case 'EAI_AGAIN':
      return make(
        'dns',
        true,
        `The name ${JSON.stringify(to.host)} could not be looked up: the name server did not answer.`,
      );
    case 'ECONNREFUSED':
      return make('refused', true, `Nobody listens at ${at}: wrong port, or the service is down.`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return make('reset', true, `The connection to ${at} was cut.`);
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return make('timeout', true, `No answer from ${at} in time.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return make('other', true, `${at} cannot be reached: ${messageOf(error)}`);
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_ABORTED':
      return make('aborted', false, 'The client is closed.');
    default:
      break;
  }
  if (to.protocol === 'https' && isNotTls(code, messageOf(error))) {
    return make('not-tls', false, `${at} does not speak TLS. Is it a plain HTTP port, or the wrong one?`);
  }
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError')) {
    return make('not-http', false, notHttpMessage(to));
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return make('other', false, `TLS with ${at} failed: ${messageOf(error)}`);
  }
  return make('other', false, `The exchange with ${at} failed: ${messageOf(error)}`);
}

export function notHttpMessage(to: Destination): string {
  const hint = to.protocol === 'http' ? ' It looks like a TLS port: use https.' : '';
  return `${to.host}:${to.port} does not answer in HTTP.${hint}`;
}

/** What OpenSSL says when the first bytes of the other end are no TLS record. */
function isNotTls(code: string, message: string): boolean {
  return (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' ||
    code === 'ERR_SSL_HTTP_REQUEST' ||
    /wrong version number|packet length too long|unexpected message|record layer failure/i.test(message)
  );
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
