import { OutsideError } from '../actions/port.ts';

const TRANSIENT: Readonly<Record<string, string>> = {
  // A typing mistake looks like this too; a job is out of tries some time, and says so.
  ENOTFOUND: 'no host of that name was found',
  EAI_AGAIN: 'the name server did not answer',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  ECONNABORTED: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'the host cannot be reached',
  EHOSTDOWN: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENETDOWN: 'the network cannot be reached',
  EADDRNOTAVAIL: 'this machine has no free port for one more connection',
  EMFILE: 'this process has too many files and connections open',
  ENFILE: 'this machine has too many files and connections open',
  // Somebody will have to renew it, and until then nothing is wrong with what is to be sent.
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
};

const PERMANENT: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate was made for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from a CA that this machine does not trust',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is from a CA that this machine does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is from a CA that this machine does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is from a CA that this machine does not trust',
  ENOENT: 'there is no such socket',
  EACCES: 'this user may not connect there',
};

/** What a failed connection to `at` means, by its code; undefined when the code says nothing of the kind. */
export function connectionFailure(code: string, at: string): OutsideError | undefined {
  const passing = TRANSIENT[code];
  if (passing !== undefined) return new OutsideError(`${at}: ${passing} (${code})`, { transient: true });
  const lasting =
    PERMANENT[code] ?? (isTlsCode(code) ? 'no TLS connection came about; is it a port for TLS?' : undefined);
  return lasting === undefined ? undefined : new OutsideError(`${at}: ${lasting} (${code})`, { transient: false });
}

function isTlsCode(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}
