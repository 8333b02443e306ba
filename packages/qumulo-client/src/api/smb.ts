import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { type Paged, pages } from '../transport/paging.ts';
import { listIn, nothing } from '../transport/read-body.ts';

/** A file that an SMB client holds open. Keys beyond these differ between releases and are there at run time. */
export interface SmbFileHandle {
  /** Decimal. */
  file_number?: string;
  handle_info: {
    /** Opaque; names the handle when closing it. */
    location: string;
    path?: string | null;
    owner?: string | null;
    access_mask?: string[] | null;
  };
}

export interface SmbSession {
  location: string;
  /** Client's address. */
  originator: string;
  share_names: string[];
}

export interface SmbApi {
  /** Of one file when given its id; there is no filter by path (FACTS 12). */
  openFiles(
    options?: CallOptions & {
      fileNumber?: string | undefined;
      resolvePaths?: boolean | undefined;
      limit?: number | undefined;
    },
  ): AsyncIterable<SmbFileHandle>;
  sessions(
    options?: CallOptions & { identity?: string | undefined; limit?: number | undefined },
  ): AsyncIterable<SmbSession>;
  /**
   * Closes files that clients hold open: what they have not yet written is lost. At most 100 go in one call, so a list of
   * more is several: what they answered, in order.
   */
  closeFiles(handles: readonly SmbFileHandle[], options?: CallOptions): Promise<Answer<undefined>[]>;
  /**
   * Ends sessions, with all their open files and locks; the client must log in again and cached writes are lost
   * (FACTS 12). Several calls, as for files.
   */
  closeSessions(sessions: readonly SmbSession[], options?: CallOptions): Promise<Answer<undefined>[]>;
}

interface FilesPage extends Paged {
  file_handles: SmbFileHandle[];
}

interface SessionsPage extends Paged {
  session_infos: SmbSession[];
}

const files = endpoint('GET /v1/smb/files/', listIn<FilesPage>('file_handles'));
const sessions = endpoint('GET /v1/smb/sessions/', listIn<SessionsPage>('session_infos'));
const closeFiles = endpoint('POST /v1/smb/files/close', nothing);
const closeSessions = endpoint('POST /v1/smb/sessions/close', nothing);

/** A far larger body once failed (FACTS 12). */
const AT_ONCE = 100;

async function inParts<T>(items: readonly T[], send: (part: T[]) => Promise<Answer<undefined>>) {
  const answers: Answer<undefined>[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    answers.push(await send(items.slice(start, start + AT_ONCE)));
  }
  return answers;
}

export function smbApi(caller: Caller): SmbApi {
  return {
    openFiles: async function* (options) {
      const query = {
        file_number: options?.fileNumber,
        resolve_paths: options?.resolvePaths === true,
        limit: options?.limit,
      };
      for await (const page of pages(caller, files, [], query, options)) yield* page.data.file_handles;
    },
    sessions: async function* (options) {
      const query = { identity: options?.identity, limit: options?.limit };
      for await (const page of pages(caller, sessions, [], query, options)) yield* page.data.session_infos;
    },
    closeFiles: (handles, options) =>
      inParts(handles, (part) =>
        caller.call(closeFiles, [], options, {
          json: part.map(({ handle_info: { location } }) => ({ handle_info: { location } })),
        }),
      ),
    closeSessions: (found, options) =>
      inParts(found, (part) => caller.call(closeSessions, [], options, { json: part })),
  };
}
