import {
  QumuloApiError,
  QumuloConnectionError,
  QumuloLoginError,
  isQumuloError,
  type ConnectionErrorKind,
} from '@qwarden/qumulo-client';
import { ExitCode } from './cli-error.ts';
import type { ErrorReport } from './error-report.ts';

/** Errors of the client, of the state directory and of the quarantine; `undefined` for what it does not know. */
export function reportClusterError(error: Error): ErrorReport | undefined {
  if (error.name === 'StateError' || error.name === 'QuarantineError')
    return { message: error.message, exitCode: ExitCode.failed };
  if (!isQumuloError(error)) return undefined;
  if (error instanceof QumuloConnectionError) {
    return {
      message: error.message,
      remedy: connectionRemedies[error.kind],
      exitCode: error.kind.startsWith('tls-') ? ExitCode.usage : ExitCode.failed,
    };
  }
  if (error instanceof QumuloLoginError) return loginReport(error);
  if (error instanceof QumuloApiError) return apiReport(error);
  return {
    message: error.message,
    exitCode: ExitCode.failed,
    remedy: 'Is this address really the API of a Qumulo cluster?',
  };
}

/** What to do, for each way in which a connection fails. */
export const connectionRemedies: Readonly<Record<ConnectionErrorKind, string>> = {
  dns: 'Check the spelling of the host, and the name server of this machine.',
  refused: 'Is the cluster up? Is the port right? A cluster listens on 8000, and on 443 below /api.',
  reset: 'Try again. If it stays so, a firewall or a proxy may stand in between.',
  timeout: 'Is the cluster up? Is a firewall in between? --timeout SECONDS waits longer.',
  'tls-untrusted': 'Pin the certificate with --tls-fingerprint, or name its authority with --tls-ca FILE.',
  'tls-pin-mismatch': [
    'Either the certificate was renewed, or somebody in between shows his own.',
    'Compare the new fingerprint with the cluster\'s administrator; if it is right, pin it with "qwarden configure" or --tls-fingerprint.',
  ].join('\n'),
  'tls-name': 'Use the name that the certificate is for, or pin the certificate with --tls-fingerprint.',
  'tls-expired': 'Have the certificate renewed, or pin it with --tls-fingerprint. Is the clock of this machine right?',
  'not-tls': 'Is the port right? If the other end is an emulator without TLS, add --protocol http.',
  'not-http': 'Is the port right? If the other end speaks TLS, leave --protocol http out.',
  aborted: 'It was interrupted.',
  other: 'Check host and port.',
};

function loginReport(error: QumuloLoginError): ErrorReport {
  return {
    message: error.ssoRequired
      ? 'The cluster asks for single sign-on for this user.'
      : `The cluster refused the login: ${error.description}.`,
    remedy: error.ssoRequired
      ? 'Make an access token on the cluster and give it with --access-token-file or "qwarden configure".'
      : 'Check user name and password, or set them again with "qwarden configure".',
    exitCode: ExitCode.failed,
  };
}

/** What to do, by the status of the cluster's answer. */
export const answerRemedies: Readonly<Record<number, string>> = {
  401: 'The login or the access token was refused, has expired or was revoked. Set it again with "qwarden configure".',
  403: "This user lacks a right or a privilege for that. Ask the cluster's administrator.",
  404: 'Check the path or the id.',
  429: 'The cluster is busy. Try again later.',
  503: 'The cluster is not ready. Try again later.',
};

function apiReport(error: QumuloApiError): ErrorReport {
  return { message: error.message, remedy: answerRemedies[error.status], exitCode: ExitCode.failed };
}
