import type { FsIdentity } from '../fs/api.ts';

/** Settings of the NFS, SMB, S3 and FTP servers, with the values of a fresh cluster. The values are [I] but where a source is named. */

export interface NfsSettings {
  v4_enabled: boolean;
  krb5_enabled: boolean;
  krb5i_enabled: boolean;
  krb5p_enabled: boolean;
  auth_sys_enabled: boolean;
  idmap_domain: string | null;
}

export const defaultNfsSettings: NfsSettings = {
  v4_enabled: false,
  krb5_enabled: true,
  krb5i_enabled: true,
  krb5p_enabled: true,
  auth_sys_enabled: true,
  idmap_domain: null,
};

export const SMB_DIALECTS = [
  'SMB2_DIALECT_2_002',
  'SMB2_DIALECT_2_1',
  'SMB2_DIALECT_3_0',
  'SMB2_DIALECT_3_11',
] as const;

export interface SmbSettings {
  session_encryption: 'NONE' | 'PREFERRED' | 'REQUIRED';
  /** None = SMB is off (FACTS 12). */
  supported_dialects: (typeof SMB_DIALECTS)[number][];
  hide_shares_from_unauthorized_hosts: boolean;
  hide_shares_from_unauthorized_users: boolean;
  snapshot_directory_mode: 'VISIBLE' | 'HIDDEN' | 'DISABLED';
  bypass_traverse_checking: boolean;
  signing_required: boolean;
}

export const defaultSmbSettings: SmbSettings = {
  session_encryption: 'NONE',
  supported_dialects: [...SMB_DIALECTS],
  hide_shares_from_unauthorized_hosts: false,
  hide_shares_from_unauthorized_users: false,
  snapshot_directory_mode: 'VISIBLE',
  bypass_traverse_checking: false,
  signing_required: false,
};

export interface S3Settings {
  enabled: boolean;
  base_path: string;
  multipart_upload_expiry_interval: string;
  secure: boolean;
}

/** As in the backup of a cluster of 2023 (FACTS 14). */
export const defaultS3Settings: S3Settings = {
  enabled: false,
  base_path: '/',
  multipart_upload_expiry_interval: '1days',
  secure: true,
};

export interface FtpSettings {
  enabled: boolean;
  check_remote_host: boolean;
  log_operations: boolean;
  chroot_users: boolean;
  allow_unencrypted_connections: boolean;
  expand_wildcards: boolean;
  anonymous_user: FsIdentity | null;
  greeting: string;
}

/** From the same backup; the greeting without its drawing. */
export const defaultFtpSettings: FtpSettings = {
  enabled: false,
  check_remote_host: true,
  log_operations: true,
  chroot_users: false,
  allow_unencrypted_connections: true,
  expand_wildcards: false,
  anonymous_user: null,
  greeting: 'Qumulo FTP server ready.',
};
