/**
 * What the demo's writers know about their own files, so that the end of the demo can be a proof and not
 * a claim: each file that a writer left on the cluster is either finished (must get a retention lock) or
 * not (must not get one); what the other rules are for is written down beside it.
 */

/** Why a file must or must not have a retention lock at the end. */
export type Expectation =
  | { locked: true; why: 'finished' }
  | { locked: false; why: 'existing' | 'temporary' | 'outside' };

export interface KnownFile {
  path: string;
  expectation: Expectation;
  /** Local clock, ms, when the writer was done with it; the settle interval starts here. */
  doneAtMs: number;
}

export class Truth {
  /** Programs on the shares, by id, with the path that they were dropped under: must be in quarantine. */
  readonly executables = new Map<string, string>();
  /** The other files on the shares, by id, with the path where they must stay. */
  readonly harmless = new Map<string, string>();
  /** Files of the inbox, by id, with the path that they must have at the end. */
  readonly inbox = new Map<string, string>();
  /** Files that came after the rule for them: must be read-only. */
  readonly readOnly = new Set<string>();
  readonly #files = new Map<string, KnownFile>();
  #written = 0;
  #removed = 0;

  /** Files written so far, the ones that were removed again included. */
  get written(): number {
    return this.#written;
  }

  get removed(): number {
    return this.#removed;
  }

  /** A new file exists; until it is {@link finished} it must not be counted as one that should be locked. */
  created(): void {
    this.#written += 1;
  }

  settle(id: string, file: KnownFile): void {
    this.#files.set(id, file);
  }

  finished(id: string, path: string, doneAtMs: number): void {
    this.settle(id, { path, doneAtMs, expectation: { locked: true, why: 'finished' } });
  }

  left(id: string, path: string, doneAtMs: number, why: 'existing' | 'temporary' | 'outside'): void {
    this.settle(id, { path, doneAtMs, expectation: { locked: false, why } });
  }

  gone(id: string): void {
    this.#removed += 1;
    this.#files.delete(id);
  }

  get(id: string): KnownFile | undefined {
    return this.#files.get(id);
  }

  entries(): IterableIterator<[string, KnownFile]> {
    return this.#files.entries();
  }

  /** Ids of the files of the inbox that are to be renamed. */
  *tables(): Generator<string> {
    for (const [id, path] of this.inbox) if (path.endsWith('.csv')) yield id;
  }

  /** Ids of the files that must have a retention lock. */
  *mustBeLocked(): Generator<string> {
    for (const [id, file] of this.#files) if (file.expectation.locked) yield id;
  }
}
