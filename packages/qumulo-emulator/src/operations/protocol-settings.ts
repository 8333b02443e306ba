import type { FtpSettings, NfsSettings, S3Settings, SmbSettings } from '../cluster/protocol-settings.ts';
import { json } from '../http/answer.ts';
import { boolean, type Decoder, nullable, object, optional, string } from '../http/decode.ts';
import { decodeError } from '../http/errors.ts';
import { on, onBody, onUndocumentedBody } from '../http/operation.ts';
import { fsIdentity } from './identity-body.ts';
import { changeSettings, type Kept, showSettings } from './kept-settings.ts';
import { partialNfsSettings, partialSmbSettings, wholeSmbSettings } from './settings-bodies.ts';

/** Cluster-wide NFS and SMB settings are the global ones of the tenants ([I]: both are the defaults of every tenant). */
export const nfsKept: Kept<NfsSettings> = {
  read: 'PRIVILEGE_NFS_SETTINGS_READ',
  write: 'PRIVILEGE_NFS_SETTINGS_WRITE',
  of: ({ nfsSettings }) => nfsSettings.global,
};

/** AllStop's list of privileges: those of shares are those of the SMB server's settings too (FACTS 14). */
export const smbKept: Kept<SmbSettings> = {
  read: 'PRIVILEGE_SMB_SHARE_READ',
  write: 'PRIVILEGE_SMB_SHARE_WRITE',
  of: ({ smbSettings }) => smbSettings.global,
  changed: (cluster) => cluster.smbChanged(),
};

const s3: Kept<S3Settings> = {
  read: 'PRIVILEGE_S3_SETTINGS_READ',
  write: 'PRIVILEGE_S3_SETTINGS_WRITE',
  etag: false,
  of: ({ s3Settings }) => s3Settings,
};

const ftp: Kept<FtpSettings> = {
  read: 'PRIVILEGE_FTP_READ',
  write: 'PRIVILEGE_FTP_WRITE',
  of: ({ ftpSettings }) => ftpSettings,
};

/** `<1..99><months|weeks|days|hours>` or `never` (SDK commands/s3.py). */
const interval: Decoder<string> = (value, field) => {
  const text = string(value, field);
  if (!/^([1-9]\d?(months|weeks|days|hours)|never)$/.test(text))
    throw decodeError(`field '${field}': expected such as 5days, or never`);
  return text;
};

const absolute: Decoder<string> = (value, field) => {
  const text = string(value, field);
  if (!text.startsWith('/')) throw decodeError(`field '${field}': expected an absolute path`);
  return text;
};

const s3Settings = object({
  enabled: optional(boolean),
  base_path: optional(absolute),
  multipart_upload_expiry_interval: optional(interval),
  secure: optional(boolean),
});

const ftpSettings = object({
  enabled: optional(boolean),
  check_remote_host: optional(boolean),
  log_operations: optional(boolean),
  chroot_users: optional(boolean),
  allow_unencrypted_connections: optional(boolean),
  expand_wildcards: optional(boolean),
  anonymous_user: nullable(fsIdentity),
  greeting: optional(string),
});

/** Settings of the servers of each protocol (FACTS 12, 14). */
export const protocolSettingsOperations = {
  ...on('GET /v2/nfs/settings', showSettings(nfsKept)),
  ...onBody('PATCH /v2/nfs/settings', partialNfsSettings, changeSettings(nfsKept)),
  ...on('GET /v1/smb/settings', showSettings(smbKept)),
  ...onBody('PUT /v1/smb/settings', wholeSmbSettings, changeSettings(smbKept)),
  ...onBody('PATCH /v1/smb/settings', partialSmbSettings, changeSettings(smbKept)),
  ...on('GET /v1/s3/settings', showSettings(s3)),
  ...onBody('PATCH /v1/s3/settings', s3Settings, changeSettings(s3)),
  ...on('GET /v0/ftp/settings', showSettings(ftp)),
  ...onBody('PATCH /v0/ftp/settings', ftpSettings, changeSettings(ftp)),
  /** Shape UNKNOWN: qq prints it unread, as "FTP server settings and status". */
  ...on('GET /v0/ftp/status', {
    privilege: 'PRIVILEGE_FTP_READ',
    handle: ({ cluster }) => {
      const { value } = cluster.ftpSettings;
      const status = value.enabled ? 'FTP_STATUS_RUNNING' : 'FTP_STATUS_NOT_RUNNING';
      return json({ settings: value, statuses: [{ node_id: 1, status }] });
    },
  }),
};

/** PUT, which the SDK does not send and Terraform does (FACTS 14): of NFS three keys suffice. */
export const protocolSettingsUndocumented = {
  ...onUndocumentedBody('PUT /v2/nfs/settings', partialNfsSettings, changeSettings(nfsKept)),
  ...onUndocumentedBody('PUT /v0/ftp/settings', ftpSettings, changeSettings(ftp)),
};
