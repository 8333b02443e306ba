import type { FileAttributes, NotifyEvent } from '@qwarden/qumulo-client';

/** What a walk tells of the log, in the cluster's own form. */
export function found(
  what: 'added' | 'removed' | 'moved_from' | 'moved_to',
  directory: boolean,
  at: { readonly fileId: string; readonly parentId: string },
  path: string,
): NotifyEvent {
  const type = `child_${directory ? 'dir' : 'file'}_${what}`;
  return { type, path, spine: [at.parentId, at.fileId], stream_name: null };
}

/** That something happened to what is in it, or to its attributes. */
export function foundChanged(
  type: 'child_data_written' | 'child_extra_attrs_changed',
  at: { readonly fileId: string; readonly parentId: string },
  path: string,
): NotifyEvent {
  return { type, path, spine: [at.parentId, at.fileId], stream_name: null };
}

export function isDirectory(file: Pick<FileAttributes, 'type'>): boolean {
  return file.type === 'FS_FILE_TYPE_DIRECTORY';
}

/** Below `root`, without a slash in front or behind; undefined when it is not there. */
export function relativePath(root: string, path: string): string | undefined {
  const prefix = root === '/' ? '/' : `${root}/`;
  if (!path.startsWith(prefix) || path.length === prefix.length) return undefined;
  return path.endsWith('/') ? path.slice(prefix.length, -1) : path.slice(prefix.length);
}

export function absolutePath(root: string, relative: string): string {
  return root === '/' ? `/${relative}` : `${root}/${relative}`;
}
