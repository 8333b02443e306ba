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
  /** Closes files that clients hold open: what they have not yet written is lost. */
  closeFiles(handles: readonly SmbFileHandle[], options?: CallOptions): Promise<Answer<undefined>>;
  /**
   * Ends sessions, with all their open files and locks; the client must log in again and cached writes are lost
   * (FACTS 12). Sends at most 100 in one call, so a list of more is several calls: what they answered, in order.
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
const SESSIONS_PER_CALL = 100;

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
      caller.call(closeFiles, [], options, {
        json: handles.map(({ handle_info: { location } }) => ({ handle_info: { location } })),
      }),
    closeSessions: async (found, options) => {
      const answers: Answer<undefined>[] = [];
      for (let start = 0; start < found.length; start += SESSIONS_PER_CALL) {
        const json = found.slice(start, start + SESSIONS_PER_CALL);
        answers.push(await caller.call(closeSessions, [], options, { json }));
      }
      return answers;
    },
  };
}
