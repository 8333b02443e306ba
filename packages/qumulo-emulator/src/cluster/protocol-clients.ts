import { handleNotFound, lockNotFound, sessionNotFound } from './errors.ts';
import { DEFAULT_TENANT } from './tenants.ts';

/** The lock kinds that the API lists (FACTS 12). */
export const LOCK_PAIRS = ['smb/byte-range', 'smb/share-mode', 'nlm/byte-range', 'nfs4/byte-range'] as const;
export type LockPair = (typeof LOCK_PAIRS)[number];

export const isLockPair = (text: string): text is LockPair => LOCK_PAIRS.some((pair) => pair === text);

/** A file that an SMB client has open. */
export interface SmbOpen {
  readonly location: string;
  readonly fileId: string;
  readonly sessionLocation: string;
  readonly shareName: string;
  /** auth id of the user */
  readonly owner: string;
  readonly access: readonly string[];
}

export interface SmbSession {
  readonly location: string;
  /** client address */
  readonly originator: string;
  readonly owner: string;
  readonly tenantId: number;
  readonly shareNames: readonly string[];
  readonly openedAtMs: number;
}

/** A lock that a client of another protocol holds, or waits for. Nothing to do with retention locks. */
export interface ProtocolLock {
  readonly id: string;
  readonly pair: LockPair;
  readonly fileId: string;
  readonly waiting: boolean;
  readonly ownerAddress: string;
  readonly ownerName: string;
  readonly ownerId: string;
  readonly mode: readonly string[];
  /** Byte ranges only; decimal strings. */
  readonly offset: string;
  readonly size: string;
}

/**
 * SMB sessions, open files and locks as the management API shows them. There are no SMB or NFS clients here: tests place
 * them through the control API, and the API's own close and release calls take them away.
 */
export class ProtocolClients {
  readonly #opens = new Map<string, SmbOpen>();
  readonly #sessions = new Map<string, SmbSession>();
  readonly #locks = new Map<string, ProtocolLock>();
  #nextId = 1;

  openFile(
    file: {
      fileId: string;
      owner?: string;
      originator?: string;
      tenantId?: number;
      shareName?: string;
      access?: readonly string[];
    },
    nowMs: number,
  ): SmbOpen {
    const originator = file.originator ?? '10.0.0.1';
    const owner = file.owner ?? '500';
    const shareName = file.shareName ?? 'Files';
    const tenantId = file.tenantId ?? DEFAULT_TENANT;
    const session =
      this.sessions().find(
        (known) => known.originator === originator && known.owner === owner && known.tenantId === tenantId,
      ) ?? this.#startSession({ originator, owner, tenantId, shareNames: [shareName] }, nowMs);
    if (!session.shareNames.includes(shareName))
      this.#sessions.set(session.location, { ...session, shareNames: [...session.shareNames, shareName] });
    const opened: SmbOpen = {
      shareName,
      location: this.#location(),
      fileId: file.fileId,
      sessionLocation: session.location,
      owner,
      access: file.access ?? ['READ', 'WRITE'],
    };
    this.#opens.set(opened.location, opened);
    return opened;
  }

  opens(fileId?: string): SmbOpen[] {
    const all = [...this.#opens.values()];
    return fileId === undefined ? all : all.filter((opened) => opened.fileId === fileId);
  }

  open(location: string): SmbOpen | undefined {
    return this.#opens.get(location);
  }

  /** Its SMB locks go with the last handle that the client has on the file. */
  closeFile(location: string): void {
    const closed = this.#opens.get(location);
    if (closed === undefined) throw handleNotFound(location);
    this.#opens.delete(location);
    if (this.opens(closed.fileId).some(({ sessionLocation }) => sessionLocation === closed.sessionLocation)) return;
    const address = this.#sessions.get(closed.sessionLocation)?.originator;
    for (const lock of this.#smbLocks())
      if (lock.fileId === closed.fileId && lock.ownerAddress === address) this.#locks.delete(lock.id);
  }

  sessions(): SmbSession[] {
    return [...this.#sessions.values()];
  }

  session(location: string): SmbSession | undefined {
    return this.#sessions.get(location);
  }

  /** Ends a session with all its open files and locks (FACTS 12). */
  closeSession(location: string): void {
    const session = this.#sessions.get(location);
    if (session === undefined) throw sessionNotFound(location);
    this.#sessions.delete(location);
    for (const opened of this.opens()) if (opened.sessionLocation === location) this.#opens.delete(opened.location);
    for (const lock of this.#smbLocks()) if (lock.ownerAddress === session.originator) this.#locks.delete(lock.id);
  }

  placeLock(
    lock: Partial<Omit<ProtocolLock, 'id'>> & { readonly pair: LockPair; readonly fileId: string },
  ): ProtocolLock {
    const placed: ProtocolLock = {
      id: String(this.#nextId++),
      pair: lock.pair,
      fileId: lock.fileId,
      waiting: lock.waiting ?? false,
      ownerAddress: lock.ownerAddress ?? '10.0.0.1',
      ownerName: lock.ownerName ?? '',
      ownerId: lock.ownerId ?? '1',
      mode: lock.mode ?? defaultMode(lock.pair),
      offset: lock.offset ?? '0',
      size: lock.size ?? '0',
    };
    this.#locks.set(placed.id, placed);
    return placed;
  }

  locks(pair: LockPair, waiting = false): ProtocolLock[] {
    return [...this.#locks.values()].filter((lock) => lock.pair === pair && lock.waiting === waiting);
  }

  removeLock(id: string): void {
    if (!this.#locks.delete(id)) throw lockNotFound();
  }

  /** Everything that is open or locked on a file, or anywhere, goes away. Returns how many. */
  releaseAll(fileId?: string): number {
    const before = this.#opens.size + this.#locks.size;
    for (const opened of this.opens(fileId)) this.#opens.delete(opened.location);
    for (const lock of this.#locks.values())
      if (fileId === undefined || lock.fileId === fileId) this.#locks.delete(lock.id);
    return before - this.#opens.size - this.#locks.size;
  }

  #smbLocks(): ProtocolLock[] {
    return this.locks('smb/byte-range').concat(this.locks('smb/share-mode'));
  }

  #startSession(session: Omit<SmbSession, 'location' | 'openedAtMs'>, nowMs: number): SmbSession {
    const started: SmbSession = { ...session, location: this.#location(), openedAtMs: nowMs };
    this.#sessions.set(started.location, started);
    return started;
  }

  /** Opaque to clients; qq takes it on the command line as it came. */
  #location(): string {
    return `1.${(this.#nextId++).toString(16).padStart(8, '0')}`;
  }
}

/** Names as the CLI knows them: `API_BYTE_RANGE_*`, `API_SHARE_MODE_*` (FACTS 12). */
function defaultMode(pair: LockPair): readonly string[] {
  return pair === 'smb/share-mode' ? ['API_SHARE_MODE_DENY_WRITE'] : ['API_BYTE_RANGE_WRITE'];
}
