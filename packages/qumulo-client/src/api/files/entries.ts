import type { Answer, CallOptions, FileRef } from '../../options.ts';
import type { FileAttributes, FileType } from './types.ts';
import type { Caller } from '../../transport/caller.ts';
import { endpoint } from '../../transport/endpoint.ts';
import { encodeRef, encodeSegment } from '../../transport/encode.ts';
import { pages } from '../../transport/paging.ts';
import { listIn, nothing } from '../../transport/read-body.ts';
import type { BodyOf } from '../../transport/endpoint.ts';
import { complete, readAttributes } from './read-attributes.ts';

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

const readPage = listIn<EntriesPage>('files');
const list = endpoint('GET /v1/files/{ref}/entries/', (body) => {
  const page = readPage(body);
  page.files.forEach(complete);
  return page;
});
const create = endpoint('POST /v1/files/{ref}/entries/', readAttributes);
const remove = endpoint('DELETE /v1/files/{ref}', nothing);
const removeName = endpoint('DELETE /v1/files/{ref}/entries/{name}', nothing);

function listQuery(options: EntriesOptions | undefined) {
  return {
    limit: options?.limit,
    snapshot: options?.snapshot,
    // Sent only when wanted: releases before 7.9.0 do not know it (FACTS 3).
    'skip-atime-update': options?.skipAtimeUpdate === true ? true : undefined,
  };
}

/** The pages of a directory. */
export function entryPages(
  caller: Caller,
  ref: FileRef,
  options: EntriesOptions | undefined,
): AsyncGenerator<Answer<EntriesPage>, void, undefined> {
  return pages(caller, list, [encodeRef(ref)], listQuery(options), options, ref);
}

export function entriesApi(caller: Caller): EntriesApi {
  const add = async (
    directory: FileRef,
    json: BodyOf<'POST /v1/files/{ref}/entries/'>,
    options: CallOptions | undefined,
  ) => caller.call(create, [encodeRef(directory)], options, { json, about: `${directory} (${json.name})` });

  return {
    entriesPage: async (ref, options) =>
      caller.call(list, [encodeRef(ref)], options, { query: listQuery(options), about: ref }),
    entries: async function* (ref, options) {
      for await (const page of entryPages(caller, ref, options)) yield* page.data.files;
    },
    createFile: (directory, name, options) => add(directory, { name, action: 'CREATE_FILE' }, options),
    createDirectory: (directory, name, options) => add(directory, { name, action: 'CREATE_DIRECTORY' }, options),
    createSymlink: (directory, name, target, options) =>
      add(
        directory,
        {
          name,
          action: 'CREATE_SYMLINK',
          old_path: target,
          ...(options?.targetType === undefined ? {} : { symlink_target_type: options.targetType }),
        },
        options,
      ),
    createLink: (directory, name, existingPath, options) =>
      add(directory, { name, action: 'CREATE_LINK', old_path: existingPath }, options),
    createUnixFile: (directory, name, file, options) =>
      add(
        directory,
        {
          name,
          action: 'CREATE_UNIX_FILE',
          unix_file_type: file.type,
          ...(file.majorMinor === undefined ? {} : { major_minor_numbers: file.majorMinor }),
        },
        options,
      ),
    rename: (directory, name, oldPath, options) =>
      add(directory, { name, action: 'RENAME', old_path: oldPath, clobber: options?.clobber === true }, options),
    delete: async (ref, options) => caller.call(remove, [encodeRef(ref)], options, { about: ref }),
    unlink: async (directory, name, options) =>
      caller.call(removeName, [encodeRef(directory), encodeSegment(name)], options, {
        about: `${directory} (${name})`,
      }),
  };
}
