import type { Answer, CallOptions } from '../options.ts';

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
