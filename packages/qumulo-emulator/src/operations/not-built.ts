import { notImplemented } from '../http/operation.ts';

/** Documented endpoints of areas that this emulator does not have yet; each answers 501 with its own name. */
export const notBuiltOperations = notImplemented(
  'GET /v1/s3/access-keys/',
  'POST /v1/s3/access-keys/',
  'DELETE /v1/s3/access-keys/{access_key_id}',
  'GET /v1/s3/buckets/',
  'POST /v1/s3/buckets/',
  'PATCH /v1/s3/buckets/{name}',
  'DELETE /v1/s3/buckets/{name}',
  'GET /v1/s3/buckets/{name}/uploads/',
  'DELETE /v1/s3/buckets/{name}/uploads/{upload_id}',
  'GET /v1/s3/buckets/{name}/policy',
  'PUT /v1/s3/buckets/{name}/policy',
  'POST /v1/s3/buckets/{name}/policy/explain-access',
  'GET /v1/saml/settings',
  'PUT /v1/saml/settings',
  'PATCH /v1/saml/settings',
  'GET /v1/analytics/time-series/',
  'GET /v1/analytics/activity/current',
  'GET /v1/analytics/capacity-history/',
  'GET /v1/analytics/capacity-history/{timestamp}/',
);
