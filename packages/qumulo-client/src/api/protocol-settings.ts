import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { object } from '../transport/read-body.ts';
import type { FileIdentity } from './files/types.ts';

/** The S3 server of the whole cluster; its settings come without ETag (FACTS 2.3). */
export interface S3Settings {
  enabled: boolean;
  base_path: string;
  /** `5days`, or `never`. */
  multipart_upload_expiry_interval: string;
  secure: boolean;
}

/** The FTP server of the whole cluster. */
export interface FtpSettings {
  enabled: boolean;
  check_remote_host: boolean;
  log_operations: boolean;
  chroot_users: boolean;
  allow_unencrypted_connections: boolean;
  expand_wildcards: boolean;
  /** Null = no anonymous login. */
  anonymous_user: FileIdentity | null;
  greeting: string;
}

export interface SettingsApi<T> {
  get(options?: CallOptions): Promise<Answer<T>>;
  /** Partial: absent keys stay. */
  modify(patch: Partial<T>, options?: CallOptions): Promise<Answer<T>>;
}

const getS3 = endpoint('GET /v1/s3/settings', object<S3Settings>());
const patchS3 = endpoint('PATCH /v1/s3/settings', object<S3Settings>());
const getFtp = endpoint('GET /v0/ftp/settings', object<FtpSettings>());
const patchFtp = endpoint('PATCH /v0/ftp/settings', object<FtpSettings>());

export function s3SettingsApi(caller: Caller): SettingsApi<S3Settings> {
  return {
    get: (options) => caller.call(getS3, [], options),
    modify: (patch, options) => caller.call(patchS3, [], options, { json: patch }),
  };
}

export function ftpSettingsApi(caller: Caller): SettingsApi<FtpSettings> {
  return {
    get: (options) => caller.call(getFtp, [], options),
    modify: (patch, options) => caller.call(patchFtp, [], options, { json: patch }),
  };
}
