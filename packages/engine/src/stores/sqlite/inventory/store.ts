import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  cameIn,
  type Cursor,
  type DepartedName,
  type EntryName,
  type EntryPage,
  type InventoryEntry,
  type InventoryRecord,
  type InventoryStore,
  LEFT,
  plainName,
  type ReaderNote,
  type Standing,
} from '../../../inventory/port.ts';
import { isLater } from '../../../events/later.ts';
import { storedText } from '../../stored-text.ts';
import { fileKey } from '../codes.ts';
import { toStateError } from '../errors.ts';
import type { GroupCommit } from '../group-commit.ts';
import { name as nameOf } from '../queue/reading.ts';
import { num, numOrNull, type Row, text, textOrNull } from '../row.ts';

/** Numbers in the file for words in the code. Append only: old files keep their numbers. */
const STANDINGS = ['baseline', 'arrived', 'unannounced'] as const satisfies readonly Standing[];
/** Rows that one page of a listing looks at. */
const PAGE = 2000;
const NAMED = 'watch_id = ? AND file_id = ? AND parent_id = ? AND name = ?';
const START: Cursor = { fileId: Number.NEGATIVE_INFINITY, parentId: Number.NEGATIVE_INFINITY, name: '' };

type Key = [number, number | string, number | string, string];

/** The inventory of one watch in an open state file. */
export class SqliteInventory implements InventoryStore {
  readonly rootId: string;
  readonly apart: boolean;
  readonly #db: DatabaseSync;
  readonly #group: Pick<GroupCommit, 'run'>;
  readonly #path: string;
  readonly #watch: number;
  readonly #onClose: () => void;
  readonly #names: StatementSync;
  readonly #at: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #children: StatementSync;
  readonly #met: StatementSync;
  readonly #goneOf: StatementSync;
  readonly #depart: StatementSync;
  readonly #isBack: StatementSync;
  readonly #setNote: StatementSync;
  #record: InventoryRecord;
  #anyTold: boolean;
  #anyDeparted: boolean;
  #anyFormer: boolean;
  #anyBefore: boolean;

  constructor(
    at: {
      readonly db: DatabaseSync;
      readonly group: Pick<GroupCommit, 'run'>;
      readonly path: string;
      readonly watch: number;
    },
    rootId: string,
    alone?: { readonly close: () => void },
  ) {
    const { db } = at;
    this.rootId = rootId;
    this.apart = alone !== undefined;
    this.#onClose = alone?.close ?? (() => undefined);
    this.#db = db;
    this.#group = at.group;
    this.#path = at.path;
    this.#watch = at.watch;
    this.#names = db.prepare('SELECT * FROM inventory WHERE watch_id = ? AND file_id = ?');
    this.#at = db.prepare('SELECT * FROM inventory WHERE watch_id = ? AND parent_id = ? AND name = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO inventory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#remove = db.prepare(`DELETE FROM inventory WHERE ${NAMED}`);
    this.#children = db.prepare('SELECT 1 FROM inventory WHERE watch_id = ? AND parent_id = ? LIMIT 1');
    this.#met = db.prepare(
      `UPDATE inventory SET generation = ?, created = ?, told = nullif(told, ${LEFT}) WHERE ${NAMED}`,
    );
    this.#goneOf = db.prepare('SELECT * FROM inventory_departed WHERE watch_id = ? AND file_id = ?');
    this.#depart = db.prepare('INSERT OR REPLACE INTO inventory_departed VALUES (?, ?, ?, ?, ?)');
    this.#isBack = db.prepare('DELETE FROM inventory_departed WHERE watch_id = ? AND file_id = ?');
    this.#setNote = db.prepare('INSERT OR REPLACE INTO inventory_reader VALUES (?, ?, ?, ?, ?)');
    this.#record = this.#readRecord();
    this.#anyTold = this.#any('inventory WHERE told >= 0 AND');
    this.#anyDeparted = this.#any('inventory_departed WHERE');
    this.#anyFormer = this.#any('inventory_former WHERE');
    this.#anyBefore = this.#any('inventory_before WHERE');
  }

  commit(work: () => void, urgency: 'now' | 'soon'): Promise<void> {
    return this.#group.run(work, urgency);
  }

  record(): InventoryRecord {
    return this.#record;
  }

  setRecord(change: Partial<InventoryRecord>): void {
    this.#record = { ...this.#record, ...change };
    const { walk, walking, beganClusterMs, wholeSince } = this.#record;
    this.#db
      .prepare('INSERT OR REPLACE INTO inventory_watch VALUES (?, ?, ?, ?, ?)')
      .run(this.#watch, walk, walking ? 1 : 0, beganClusterMs ?? null, wholeSince ?? null);
  }

  note(partition: number): ReaderNote | undefined {
    return this.#asked(() => {
      const row = this.#db
        .prepare('SELECT * FROM inventory_reader WHERE watch_id = ? AND partition = ?')
        .get(this.#watch, partition);
      if (row === undefined) return undefined;
      const { verdicts, above }: Pick<ReaderNote, 'verdicts' | 'above'> = kept(text(row['verdicts']));
      return { after: text(row['after']), until: text(row['until']), verdicts, above };
    });
  }

  setNote(partition: number, { after, until, verdicts, above = {} }: ReaderNote): void {
    const isPlain = Object.keys(above).length === 0;
    this.#setNote.run(this.#watch, partition, after, until, JSON.stringify(isPlain ? verdicts : { verdicts, above }));
  }

  names(fileId: string): readonly InventoryEntry[] {
    return this.#asked(() => this.#names.all(this.#watch, fileKey(fileId)).map(toEntry));
  }

  at(parentId: string, name: string): InventoryEntry | undefined {
    return this.#asked(() => {
      const row = this.#at.get(this.#watch, fileKey(parentId), storedText(name));
      return row === undefined ? undefined : toEntry(row);
    });
  }

  get anyTold(): boolean {
    return this.#anyTold;
  }

  put(entry: InventoryEntry): void {
    const { directory, createdMs, standing, seenBy, told, generation } = entry;
    if (told !== null && told !== LEFT) this.#anyTold = true;
    this.#put.run(
      ...this.#key(entry),
      directory ? 1 : 0,
      createdMs,
      STANDINGS.indexOf(standing),
      seenBy,
      told,
      generation,
    );
  }

  remove(entry: EntryName): void {
    this.#remove.run(...this.#key(entry));
  }

  removeBelow(directoryId: string, since: string): void {
    // The number of its batch; what a walk put has none and is old. Where positions are no numbers, all of it goes.
    const batch = /^\d+\./.test(since) ? Number.parseInt(since, 10) : Number.MAX_SAFE_INTEGER;
    const todo: (number | string)[] = [fileKey(directoryId)];
    const drop = this.#db.prepare(
      'DELETE FROM inventory WHERE watch_id = ? AND parent_id = ? AND CAST(seen_by AS INTEGER) <= ?',
    );
    const inside = this.#db.prepare(
      'SELECT file_id FROM inventory WHERE watch_id = ? AND parent_id = ? AND directory = 1',
    );
    for (let directory = todo.pop(); directory !== undefined; directory = todo.pop()) {
      if (this.#children.get(this.#watch, directory) === undefined) continue;
      for (const row of inside.iterate(this.#watch, directory)) todo.push(fileKey(text(row['file_id'])));
      drop.run(this.#watch, directory, batch);
    }
  }

  met(entry: EntryName, generation: number, createdMs: number): void {
    this.#met.run(generation, createdMs, ...this.#key(entry));
  }

  departed(fileId: string): readonly DepartedName[] {
    if (!this.#anyDeparted) return [];
    return this.#asked(() =>
      this.#goneOf
        .all(this.#watch, fileKey(fileId))
        .map((row) => ({ ...toName(row), told: numOrNull(row['told'] ?? null) })),
    );
  }

  depart(gone: DepartedName): void {
    this.#anyDeparted = true;
    this.#depart.run(...this.#key(gone), gone.told);
  }

  forgetDeparted(fileId?: string): void {
    if (!this.#anyDeparted) return;
    if (fileId !== undefined) {
      this.#isBack.run(this.#watch, fileKey(fileId));
      return;
    }
    this.#db.prepare('DELETE FROM inventory_departed WHERE watch_id = ?').run(this.#watch);
    this.#anyDeparted = false;
  }

  forgetTold(): void {
    this.#db.prepare('UPDATE inventory SET told = NULL WHERE watch_id = ? AND told >= 0').run(this.#watch);
    this.#anyTold = false;
  }

  pathOf(name: EntryName): string | undefined {
    const { steps, end } = this.#chain(name);
    return end === 'root' ? steps.toReversed().join('/') : undefined;
  }

  renamed({ fileId, parentId, name }: EntryName, until: string): void {
    this.#anyFormer = true;
    this.#db
      .prepare('INSERT OR IGNORE INTO inventory_former VALUES (?, ?, ?, ?, ?)')
      .run(this.#watch, fileKey(fileId), until, fileKey(parentId), storedText(name));
  }

  pathBefore(entry: InventoryEntry): string | undefined {
    if (!this.#anyFormer) return this.pathOf(entry);
    const { steps, end } = this.#chain(entry, (id) => this.#formerName(id, entry.seenBy));
    return end === 'root' ? steps.toReversed().join('/') : this.pathOf(entry);
  }

  /** What the directory was called when that change came. */
  #formerName(fileId: string, at: string): EntryName | undefined {
    return this.#asked(() => {
      const rows = this.#db
        .prepare('SELECT * FROM inventory_former WHERE watch_id = ? AND file_id = ?')
        .all(this.#watch, fileKey(fileId));
      let first: Row | undefined;
      for (const row of rows) {
        const until = text(row['until']);
        if (isLater(until, at) && (first === undefined || isLater(text(first['until']), until))) first = row;
      }
      return first && toName(first);
    });
  }

  before(fileId: string): { readonly path: string; readonly createdMs: number | null } | undefined {
    if (!this.#anyBefore) return undefined;
    return this.#asked(() => {
      const row = this.#db
        .prepare('SELECT path, creation_time FROM inventory_before WHERE watch_id = ? AND file_id = ?')
        .get(this.#watch, fileKey(fileId));
      if (row === undefined) return undefined;
      const created = textOrNull(row['creation_time'] ?? null);
      return { path: nameOf(row['path']), createdMs: created === null ? null : Date.parse(created) };
    });
  }

  forgetFormer(): void {
    if (!this.#anyFormer && !this.#anyBefore) return;
    for (const table of ['inventory_former', 'inventory_before'])
      this.#db.prepare(`DELETE FROM ${table} WHERE watch_id = ?`).run(this.#watch);
    this.#anyFormer = false;
    this.#anyBefore = false;
  }

  isOrphan(name: EntryName): boolean {
    return this.#chain(name).end === 'unknown';
  }

  #chain(
    { parentId, name }: EntryName,
    former: (directoryId: string) => EntryName | undefined = () => undefined,
  ): { steps: readonly string[]; end: 'root' | 'unknown' | 'itself' } {
    const steps = [plainName(name)];
    const passed = new Set<string>();
    for (let id = parentId; id !== this.rootId; ) {
      const above = former(id) ?? this.names(id)[0];
      if (above === undefined) return { steps, end: 'unknown' };
      // Until all renames of a gap are known it can lead back to itself.
      if (passed.has(id)) return { steps, end: 'itself' };
      passed.add(id);
      steps.push(plainName(above.name));
      id = above.parentId;
    }
    return { steps, end: 'root' };
  }

  unmet(walk: number, after: Cursor | undefined): EntryPage {
    return this.#page('generation < ?', [cameIn(walk)], after);
  }

  cameMeanwhile(walk: number, after: Cursor | undefined): EntryPage {
    return this.#page(
      `(directory = 1 OR standing = ${STANDINGS.indexOf('unannounced')}) AND generation = ?`,
      [cameIn(walk)],
      after,
    );
  }

  baseline(after: Cursor | undefined): EntryPage {
    return this.#page('standing = ?', [STANDINGS.indexOf('baseline')], after);
  }

  async removeOrphans(): Promise<number> {
    const orphan = `parent_id <> ? AND NOT EXISTS
      (SELECT 1 FROM inventory above WHERE above.watch_id = inventory.watch_id AND above.file_id = inventory.parent_id AND above.directory = 1)`;
    let removed = 0;
    for (let again = true; again; ) {
      again = false;
      for (let page = this.#page(orphan, [fileKey(this.rootId)], undefined); ; ) {
        if (page.entries.length > 0) {
          again = true;
          removed += page.entries.length;
          await this.commit(() => {
            for (const entry of page.entries) this.remove(entry);
          }, 'soon');
        }
        if (page.next === undefined) break;
        page = this.#page(orphan, [fileKey(this.rootId)], page.next);
        await turn();
      }
    }
    return removed;
  }

  clear(): void {
    for (const table of ['inventory', 'inventory_departed', 'inventory_former', 'inventory_reader', 'inventory_watch'])
      this.#db.prepare(`DELETE FROM ${table} WHERE watch_id = ?`).run(this.#watch);
    this.#record = this.#readRecord();
    this.#anyTold = false;
    this.#anyDeparted = false;
    this.#anyFormer = false;
  }

  close(): void {
    this.#onClose();
  }

  /** Looks at so many rows behind the cursor and gives those that are wanted, so that no listing holds anything up. */
  #page(wanted: string, values: readonly (number | string)[], after: Cursor = START): EntryPage {
    return this.#asked(() => {
      const behind = 'watch_id = ? AND (file_id, parent_id, name) > (?, ?, ?)';
      const order = 'ORDER BY file_id, parent_id, name';
      const from: Key = [this.#watch, after.fileId, after.parentId, after.name];
      const last = this.#db
        .prepare(`SELECT file_id, parent_id, name FROM inventory WHERE ${behind} ${order} LIMIT 1 OFFSET ${PAGE - 1}`)
        .get(...from);
      const next: Cursor | undefined = last && {
        fileId: fileKey(text(last['file_id'])),
        parentId: fileKey(text(last['parent_id'])),
        name: text(last['name']),
      };
      const upTo = next === undefined ? '' : 'AND (file_id, parent_id, name) <= (?, ?, ?)';
      const end = next === undefined ? [] : [next.fileId, next.parentId, next.name];
      const rows = this.#db
        .prepare(`SELECT * FROM inventory WHERE ${behind} ${upTo} AND ${wanted} ${order}`)
        .all(...from, ...end, ...values);
      return { entries: rows.map(toEntry), next };
    });
  }

  #key({ fileId, parentId, name }: EntryName): Key {
    return [this.#watch, fileKey(fileId), fileKey(parentId), storedText(name)];
  }

  #readRecord(): InventoryRecord {
    const row = this.#db.prepare('SELECT * FROM inventory_watch WHERE watch_id = ?').get(this.#watch);
    return {
      walk: num(row?.['walk']),
      walking: row?.['walking'] === 1,
      beganClusterMs: numOrNull(row?.['began'] ?? null) ?? undefined,
      wholeSince: numOrNull(row?.['whole_since'] ?? null) ?? undefined,
    };
  }

  #any(where: string): boolean {
    return this.#db.prepare(`SELECT 1 FROM ${where} watch_id = ? LIMIT 1`).get(this.#watch) !== undefined;
  }

  #asked<T>(ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      throw toStateError(error, this.#path);
    }
  }
}

/** What is kept of a note: verdicts by the ids of changes, which have a point, or these and more. */
function kept(json: string): Pick<ReaderNote, 'verdicts' | 'above'> {
  const note: ReaderNote['verdicts'] | Pick<ReaderNote, 'verdicts' | 'above'> = JSON.parse(json);
  return isWhole(note) ? note : { verdicts: note };
}

function isWhole(note: object): note is Pick<ReaderNote, 'verdicts' | 'above'> {
  return 'verdicts' in note;
}

function toName(row: Row): EntryName {
  return { fileId: text(row['file_id']), parentId: text(row['parent_id']), name: nameOf(row['name']) };
}

function toEntry(row: Row): InventoryEntry {
  return {
    ...toName(row),
    directory: row['directory'] === 1,
    createdMs: numOrNull(row['created'] ?? null),
    standing: STANDINGS[num(row['standing'])] ?? 'unannounced',
    seenBy: text(row['seen_by']),
    told: numOrNull(row['told'] ?? null),
    generation: num(row['generation']),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
