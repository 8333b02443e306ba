import type { CallOptions } from '../options.ts';

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
}
