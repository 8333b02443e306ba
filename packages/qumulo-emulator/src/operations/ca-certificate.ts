import { X509Certificate } from 'node:crypto';
import { type Decoder, object, string } from '../http/decode.ts';
import { empty, json } from '../http/answer.ts';
import { ApiError } from '../http/errors.ts';
import { on, onBody } from '../http/operation.ts';

/** One PEM certificate or more (FACTS 2.2: class seen, status [I]). */
const certificates: Decoder<string> = (value, field) => {
  const text = string(value, field);
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0 || !found.every(isCertificate))
    throw new ApiError(400, 'ssl_certificate_invalid_error', 'Not a PEM certificate');
  return text;
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** The CAs that the cluster trusts: kept, and used for nothing here. Without any the answer is an empty text (UNKNOWN). */
export const caCertificateOperations = {
  ...on('GET /v2/cluster/settings/ssl/ca-certificate', {
    privilege: 'PRIVILEGE_CLUSTER_READ',
    handle: ({ cluster }) => json({ ca_certificate: cluster.services.caCertificate.value }),
  }),
  ...onBody('PUT /v2/cluster/settings/ssl/ca-certificate', object({ ca_certificate: certificates }), {
    privilege: 'PRIVILEGE_CLUSTER_WRITE',

    handle({ cluster }, { ca_certificate: pem }) {
      cluster.services.caCertificate.value = pem;
      return json({ ca_certificate: pem });
    },
  }),
  ...on('DELETE /v2/cluster/settings/ssl/ca-certificate', {
    privilege: 'PRIVILEGE_CLUSTER_WRITE',

    handle({ cluster }) {
      cluster.services.caCertificate.value = '';
      return empty();
    },
  }),
};
