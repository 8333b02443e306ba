import { compileSelection, type Selection } from '../../src/index.ts';
import type { FakeCluster } from './fake-cluster.ts';
import type { Node } from './fake-tree.ts';

/**
 * What the policy says about a file, kept by the simulation itself, apart from the engine:
 * - `existing` was there under a covered name before the watch began, and was under no other that was seen since: must stay without a
 *   retention lock
 * - `temporary` under the watch by a name that is left out; `outside` not under the watch: both become new under a covered name
 * - `new` must have a retention lock while it is under the watch by a covered name
 * - `either` an outsider could not tell (moved out and back in while nobody listened): not checked
 */
export type Standing = 'existing' | 'temporary' | 'outside' | 'new' | 'either';

/** People at work on the fake cluster, and the truth about their files. */
export class World {
  readonly standing = new Map<string, Standing>();
  /** Files that were new and covered at some time: a retention lock on them is no surprise. */
  readonly everCovered = new Set<string>();
  readonly cluster: FakeCluster;
  readonly #selection: Selection;
  readonly #random: () => number;
  #names = 0;
  #watched = false;

  constructor(cluster: FakeCluster, exclude: readonly string[], random: () => number) {
    this.cluster = cluster;
    this.#selection = compileSelection({ include: [], exclude, builtinExcludes: true });
    this.#random = random;
    for (const path of ['/outside', '/outside/d', '/records/d', '/records/drop', '/records/d/e']) cluster.mkdir(path);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  files(): { node: Node; path: string }[] {
    return this.#all('FS_FILE_TYPE_FILE');
  }

  directories(): { node: Node; path: string }[] {
    return this.#all('FS_FILE_TYPE_DIRECTORY');
  }

  covered(path: string): boolean {
    return path.startsWith('/records/') && this.#selection.covers(path.slice('/records/'.length), '/records');
  }

  /** Everything that is there now was there before the watch began. */
  begin(): void {
    this.everCovered.clear();
    for (const { node, path } of this.files())
      this.standing.set(node.id, this.covered(path) ? 'existing' : this.#elsewhere(path));
  }

  /** One thing that somebody does. `watched`: the engine listens, and hears of it before anything goes wrong. */
  act(watched: boolean): void {
    this.#watched = watched;
    const file = this.pick(this.files());
    const within = this.#random() < 0.75 ? '/records' : '/';
    const directory = this.pick(this.directories().filter(({ path }) => path.startsWith(within)))?.path ?? '/records';
    const dice = this.#random();
    if (dice < 0.35 || file === undefined) this.create(`${directory}/${this.#name()}`);
    else if (dice < 0.55) this.cluster.write(file.path);
    else if (dice < 0.78) this.rename(file.path, `${directory}/${this.#name()}`);
    else if (dice < 0.82) this.link(file, `${directory}/${this.#name()}`, watched);
    else if (dice < 0.9) this.remove(file.path);
    else if (dice < 0.95) this.cluster.mkdir(`${directory}/d${this.#names++}`);
    else this.moveDirectory(directory);
  }

  create(path: string): void {
    const node = this.cluster.create(path);
    this.#set(node.id, this.covered(path) ? 'new' : this.#elsewhere(path));
  }

  rename(from: string, to: string): void {
    const node = this.cluster.tree.get(from);
    if (node.names.length > 1 || !this.cluster.rename(from, to)) return;
    this.#moved(node.id, from, to);
  }

  link(file: { node: Node; path: string }, to: string, watched: boolean): void {
    if (this.cluster.isLocked(file.node) || file.node.names.length > 1) return;
    const before = this.standing.get(file.node.id);
    this.cluster.link(file.path, to);
    // With two names nobody can tell a rename in a gap from one more name.
    if (before === 'existing' && !watched) this.#set(file.node.id, 'either');
    else if (this.covered(to)) this.#set(file.node.id, 'new');
  }

  remove(path: string): void {
    const node = this.cluster.tree.get(path);
    if (!this.cluster.remove(path)) return;
    // Another name may be left; which of the two decides is for the directed tests.
    if (node.names.length > 0) this.#set(node.id, 'either');
  }

  moveDirectory(from: string): void {
    if (['/', '/records', '/outside'].includes(from)) return;
    const target = this.pick(
      this.directories().filter(({ path }) => path !== from && !path.startsWith(`${from}/`)),
    )?.path;
    if (target === undefined) return;
    const to = `${target}/m${this.#names++}`;
    const inside = this.files().filter(({ path }) => path.startsWith(`${from}/`));
    if (!this.cluster.rename(from, to)) return;
    for (const { node, path } of inside) this.#moved(node.id, path, to + path.slice(from.length));
  }

  /** Everything that is not as the policy wants it. */
  wrongs(): string[] {
    const wrongs: string[] = [];
    for (const { node, path } of this.files()) {
      const standing = this.standing.get(node.id);
      const locked = this.cluster.isLocked(node);
      if (standing === 'either') continue;
      if (standing === 'new' && this.covered(path) && node.names.length === 1 && !locked)
        wrongs.push(`${path} (${node.id}) has no retention lock`);
      if (locked && !this.everCovered.has(node.id))
        wrongs.push(`${path} (${node.id}, ${standing ?? 'unknown'}) has a retention lock`);
    }
    return wrongs;
  }

  #moved(id: string, from: string, to: string): void {
    const before = this.standing.get(id);
    if (before === undefined || before === 'either') return;
    const [fromInside, toInside] = [from.startsWith('/records/'), to.startsWith('/records/')];
    if (before === 'existing') {
      if (!toInside || !fromInside) this.#set(id, 'either');
      // Out of a place or name that is left out: new, where somebody saw it there.
      else if (this.covered(to) && !this.covered(from)) this.#set(id, this.#watched ? 'new' : 'either');
      return;
    }
    this.#set(id, this.covered(to) ? 'new' : this.#elsewhere(to));
  }

  #set(id: string, standing: Standing): void {
    this.standing.set(id, standing);
    if (standing === 'new') this.everCovered.add(id);
  }

  #elsewhere(path: string): Standing {
    return path.startsWith('/records/') ? 'temporary' : 'outside';
  }

  #name(): string {
    this.#names += 1;
    return this.#random() < 0.3 ? `f${this.#names}.tmp` : `f${this.#names}.pdf`;
  }

  #all(type: string): { node: Node; path: string }[] {
    const found: { node: Node; path: string }[] = [];
    const queue: { node: Node; path: string }[] = [{ node: this.cluster.tree.get('/'), path: '' }];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const [name, id] of at.node.children) {
        const node = this.cluster.tree.nodes.get(id);
        if (node === undefined) continue;
        const path = `${at.path}/${name}`;
        if (node.type === type) found.push({ node, path });
        if (node.type === 'FS_FILE_TYPE_DIRECTORY') queue.push({ node, path });
      }
    }
    return found;
  }
}
