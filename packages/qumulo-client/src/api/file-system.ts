import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { object } from '../transport/read-body.ts';

/** Whether recursive watches work, cluster-wide (FACTS 6.1). */
export interface NotifySettings {
  recursive_mode: 'DISABLED_ERROR' | 'DISABLED_IGNORE' | 'ENABLED';
}

export interface AtimeSettings {
  enabled: boolean;
  granularity: 'HOUR' | 'DAY' | 'WEEK';
}

export interface PermissionsSettings {
  /** `NATIVE`, `CROSS_PROTOCOL`, … */
  mode: string;
}

export interface FileSystemStats {
  block_size_bytes: number;
  total_size_bytes: string;
  free_size_bytes: string;
  snapshot_size_bytes: string;
}

export interface FileSystemApi {
  getNotifySettings(options?: CallOptions): Promise<Answer<NotifySettings>>;
  setNotifySettings(settings: NotifySettings, options?: CallOptions): Promise<Answer<NotifySettings>>;
  getAtimeSettings(options?: CallOptions): Promise<Answer<AtimeSettings>>;
  setAtimeSettings(settings: Partial<AtimeSettings>, options?: CallOptions): Promise<Answer<AtimeSettings>>;
  getPermissionsSettings(options?: CallOptions): Promise<Answer<PermissionsSettings>>;
  stats(options?: CallOptions): Promise<Answer<FileSystemStats>>;
}

const getNotify = endpoint('GET /v1/file-system/settings/notify', object<NotifySettings>('recursive_mode'));
const putNotify = endpoint('PUT /v1/file-system/settings/notify', object<NotifySettings>('recursive_mode'));
const getAtime = endpoint('GET /v1/file-system/settings/atime', object<AtimeSettings>());
const patchAtime = endpoint('PATCH /v1/file-system/settings/atime', object<AtimeSettings>());
const getPermissions = endpoint('GET /v1/file-system/settings/permissions', object<PermissionsSettings>('mode'));
const getStats = endpoint('GET /v1/file-system', object<FileSystemStats>());

export function fileSystemApi(caller: Caller): FileSystemApi {
  return {
    getNotifySettings: (options) => caller.call(getNotify, [], options),
    setNotifySettings: (settings, options) => caller.call(putNotify, [], options, { json: settings }),
    getAtimeSettings: (options) => caller.call(getAtime, [], options),
    setAtimeSettings: (settings, options) => caller.call(patchAtime, [], options, { json: settings }),
    getPermissionsSettings: (options) => caller.call(getPermissions, [], options),
    stats: (options) => caller.call(getStats, [], options),
  };
}
