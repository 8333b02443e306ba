/** What a pretend client of another protocol does, and what comes of it. */

export const CLIENT_PROTOCOLS = ['nfs', 'smb', 's3', 'ftp'] as const;
export const CLIENT_ACTIONS = [
  'read',
  'write',
  'append',
  'create',
  'mkdir',
  'remove',
  'rename',
  'open',
  'close',
] as const;

export type ClientAction = (typeof CLIENT_ACTIONS)[number];

/** Where clients sit when nobody says. */
export const DEFAULT_ADDRESS = '10.0.0.1';

export interface ClientRequest {
  readonly protocol: (typeof CLIENT_PROTOCOLS)[number];
  /** `write` makes the file if it is not there and replaces its contents. `open` and `close` are for SMB. */
  readonly action: ClientAction;
  /** Inside the export or share; absolute for S3 and FTP. */
  readonly path?: string | undefined;
  /** New path, of `rename`; what is there is replaced. */
  readonly to?: string | undefined;
  readonly data?: string | undefined;
  /** Default: the first one. */
  readonly tenantId?: number | undefined;
  /** NFS: export path; default `/`. */
  readonly export?: string | undefined;
  /** SMB: name of the share; default `Files`. */
  readonly share?: string | undefined;
  /** SMB: `location` of an open file, in place of share and path. */
  readonly handle?: string | undefined;
  /** Where the client sits; default 10.0.0.1. */
  readonly address?: string | undefined;
  /** SMB, S3, FTP: name of a local user; default the administrator. */
  readonly user?: string | undefined;
  /** NFS (AUTH_SYS); default 0. Unmapped, 0 may do everything. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

export type Refusal =
  /** The tenant's or the cluster's switch is off. */
  | 'protocol-off'
  /** No such export, share, or open file. */
  | 'not-found'
  /** Not from this host, not by this user. */
  | 'not-allowed'
  | 'read-only'
  /** The tree itself refused: no such file, permissions, a retention lock, a quota. */
  | 'file-system';

export type ClientOutcome =
  | { readonly done: true; readonly fileId: string | null; readonly data?: string; readonly handle?: string }
  | { readonly done: false; readonly why: Refusal; readonly text: string };

/** Ends a client's request; becomes its outcome. */
export class ClientRefused extends Error {
  override readonly name = 'ClientRefused';
  readonly why: Refusal;

  constructor(why: Refusal, text: string) {
    super(text);
    this.why = why;
  }
}
