/** Objects by id: ids are handed out in order and never twice, so pages of an array beat a map. */
import type { Inode } from './inode.ts';

const pageSize = 4096;

export class InodeTable {
  #pages: ((Inode | undefined)[] | undefined)[] = [];
  #next: number;
  readonly #first: number;
  #root: Inode | undefined;
  #count = 0;

  constructor(firstId: number) {
    this.#first = firstId;
    this.#next = firstId;
  }

  get size(): number {
    return this.#count;
  }

  takeId(): number {
    return this.#next++;
  }

  get(id: number): Inode | undefined {
    if (id === this.#root?.id) return this.#root;
    const index = id - this.#first;
    return index < 0 ? undefined : this.#pages[Math.floor(index / pageSize)]?.[index % pageSize];
  }

  setRoot(root: Inode): void {
    this.#root = root;
  }

  add(inode: Inode): void {
    const index = inode.id - this.#first;
    const pageIndex = Math.floor(index / pageSize);
    let page = this.#pages[pageIndex];
    if (page === undefined) {
      page = [];
      this.#pages[pageIndex] = page;
    }
    page[index % pageSize] = inode;
    this.#count += 1;
  }

  remove(id: number): void {
    const index = id - this.#first;
    const page = this.#pages[Math.floor(index / pageSize)];
    if (page === undefined || page[index % pageSize] === undefined) return;
    page[index % pageSize] = undefined;
    this.#count -= 1;
  }

  /** Every object held, those that only snapshots know included. */
  *all(): Generator<Inode, void, undefined> {
    if (this.#root !== undefined) yield this.#root;
    for (const page of this.#pages) for (const inode of page ?? []) if (inode !== undefined) yield inode;
  }
}
