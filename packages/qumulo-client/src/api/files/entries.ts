import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { FileAttributes, FileType } from './types.ts';

export interface EntriesOptions extends CallOptions {
  /** Entries a page; the cluster may give fewer. */
  limit?: number | undefined;
  snapshot?: number | undefined;
  /** From release 7.9.0 (FACTS 3). */
  skipAtimeUpdate?: boolean | undefined;
}

/** One page of a directory. */
export interface EntriesPage {
  path: string;
  id: string;
  child_count: number;
  files: FileAttributes[];
  /** `next` is `""` or null on the last page. */
  paging?: { next?: string | null; prev?: string | null };
}

export interface UnixFile {
  type: Exclude<FileType, 'FS_FILE_TYPE_FILE' | 'FS_FILE_TYPE_DIRECTORY' | 'FS_FILE_TYPE_SYMLINK'>;
  /** Devices only. */
  majorMinor?: { major: number; minor: number } | undefined;
}

export interface EntriesApi {
  /** The first page of a directory. */
  entriesPage(ref: FileRef, options?: EntriesOptions): Promise<Answer<EntriesPage>>;
  /** All entries of a directory, page after page as they are consumed. The order is the cluster's own (FACTS 3). */
  entries(ref: FileRef, options?: EntriesOptions): AsyncIterable<FileAttributes>;
  createFile(directory: FileRef, name: string, options?: CallOptions): Promise<Answer<FileAttributes>>;
  createDirectory(directory: FileRef, name: string, options?: CallOptions): Promise<Answer<FileAttributes>>;
  createSymlink(
    directory: FileRef,
    name: string,
    target: string,
    options?: CallOptions & { targetType?: 'FS_FILE_TYPE_UNKNOWN' | 'FS_FILE_TYPE_FILE' | 'FS_FILE_TYPE_DIRECTORY' },
  ): Promise<Answer<FileAttributes>>;
  /** One more name (hard link) for the file at `existingPath`. */
  createLink(
    directory: FileRef,
    name: string,
    existingPath: string,
    options?: CallOptions,
  ): Promise<Answer<FileAttributes>>;
  createUnixFile(
    directory: FileRef,
    name: string,
    file: UnixFile,
    options?: CallOptions,
  ): Promise<Answer<FileAttributes>>;
  /** Gives what is at `oldPath` a new name in `directory`; `clobber` replaces what has that name already. */
  rename(
    directory: FileRef,
    name: string,
    oldPath: string,
    options?: CallOptions & { clobber?: boolean | undefined },
  ): Promise<Answer<FileAttributes>>;
  /** Removes a file or an empty directory. */
  delete(ref: FileRef, options?: CallOptions): Promise<Answer<undefined>>;
  /** Removes one name from a directory. */
  unlink(directory: FileRef, name: string, options?: CallOptions): Promise<Answer<undefined>>;
}
