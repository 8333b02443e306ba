import { normaliseFingerprint, readServerCertificate, type ServerCertificate } from '@qwarden/qumulo-client';
import { CliError } from '../errors/cli-error.ts';
import { oneLine } from '../log/escape.ts';
import { addressOf, type ClusterAddress } from './cluster-settings.ts';

/** How trust in a certificate nobody vouches for is decided. */
export interface TrustQuestions {
  /** Asks the person; absent when nobody is there. */
  ask?: ((question: string, certificate: ServerCertificate) => Promise<boolean>) | undefined;
  /** For remarks to the person. */
  say: (text: string) => void;
}

/** `accepted`: the person said yes just now, and the fingerprint should be kept. */
export interface Trust {
  address: ClusterAddress;
  accepted?: string;
}

/**
 * Decides whether to trust the cluster's certificate before anything secret is sent. Verified, pinned or switched off: done.
 * Otherwise asks once, as ssh does. Throws CliError (kind `trust`, exit code 2) with the exact flag to add when nobody is there
 * or the answer is no, and QumuloConnectionError when there is no TLS at that address.
 */
export async function establishTrust(address: ClusterAddress, questions: TrustQuestions): Promise<Trust> {
  if (address.protocol === 'http') {
    questions.say('Warning: --protocol http: passwords and data travel unencrypted.');
    return { address };
  }
  if (address.tls.insecure) {
    questions.say(
      `Warning: the certificate of ${addressOf(address)} is not verified: anyone in between can read and change everything, passwords included.`,
    );
    return { address };
  }
  const { fingerprint256: pin, ca } = address.tls;
  const certificate = await readServerCertificate(address.host, address.port, { ca, timeoutMs: address.timeoutMs });
  const fingerprint = normaliseFingerprint(certificate.fingerprint256);
  if (pin !== undefined) {
    if (normaliseFingerprint(pin) !== fingerprint) throw hasChanged(address, pin, fingerprint);
    return { address };
  }
  if (certificate.trusted) return { address };
  const wanted = await questions.ask?.(describeCertificate(address, certificate), certificate);
  if (wanted !== true) throw notTrusted(address, certificate, fingerprint);
  return { address: { ...address, tls: { fingerprint256: fingerprint } }, accepted: fingerprint };
}

/** The pinned certificate is not the one that is shown. */
export function hasChanged(address: ClusterAddress, pinned: string, shown: string): CliError {
  const message = `The certificate of ${addressOf(address)} has changed: ${normaliseFingerprint(pinned)} is pinned, and it shows ${shown}.`;
  return new CliError('trust', message, {
    remedy: [
      'Either it was renewed, or somebody in between shows his own.',
      'If the cluster\'s administrator confirms the new one, pin it with "qwarden configure" or with',
      `  --tls-fingerprint ${shown}`,
    ].join('\n'),
  });
}

/** What a person needs to see before trusting it. Everything in a certificate is untrusted text. */
export function describeCertificate(address: ClusterAddress, certificate: ServerCertificate): string {
  return [
    `The certificate of ${addressOf(address)} cannot be verified: ${whyNot(certificate)}.`,
    `  subject      ${oneLine(certificate.subject)}`,
    `  issued by    ${certificate.selfSigned ? 'itself (self-signed)' : oneLine(certificate.issuer)}`,
    `  valid        ${certificate.validFrom} to ${certificate.validTo}`,
    `  SHA-256      ${certificate.fingerprint256}`,
    'Compare the fingerprint with the one that the cluster itself shows.',
  ].join('\n');
}

function whyNot(certificate: ServerCertificate): string {
  const reason = certificate.reason ?? '';
  if (/EXPIRED/.test(reason)) return `it expired on ${certificate.validTo}`;
  if (/NOT_YET_VALID/.test(reason)) return `it is not valid before ${certificate.validFrom}`;
  if (/ALTNAME|HOSTNAME/.test(reason)) return 'it is for another name';
  return certificate.selfSigned ? 'it is self-signed' : 'no authority that this machine trusts vouches for it';
}

function notTrusted(address: ClusterAddress, certificate: ServerCertificate, fingerprint: string): CliError {
  return new CliError('trust', `The certificate of ${addressOf(address)} is not trusted: ${whyNot(certificate)}.`, {
    remedy: [
      'If this is its fingerprint, trust exactly this certificate by adding',
      `  --tls-fingerprint ${fingerprint}`,
      `or the line "TLS_FINGERPRINT = ${fingerprint}" to the configuration file, or QWARDEN_TLS_FINGERPRINT to the environment.`,
      'If it is signed by an authority of your own: --tls-ca FILE.',
    ].join('\n'),
  });
}
