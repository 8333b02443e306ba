import { systemClock } from '@qwarden/qumulo-client';
import type { Cursor } from '../../src/inventory/port.ts';
import { openSqliteQueue } from '../../src/stores/sqlite/queue/open.ts';
import { ADMIN, LiveMonitor } from './live-monitor.ts';

/** Of the log. */
export interface Batch {
  /** By a walk. */
  readonly isFound: boolean;
  readonly epoch: number;
}

interface Thing {
  readonly id: string;
  readonly path: string;
  readonly directory: boolean;
  readonly children: number;
}

/** A watched directory `/w` and one beside it, and people who work in both. */
export class InventoryWorld {
  readonly live: LiveMonitor;
  /** Files that ever had a second name. */
  readonly linked = new Set<string>();
  /** What people did, each with how many events the monitor had told by then. */
  readonly #deeds: { readonly after: number; readonly deed: string }[] = [];
  readonly #random: () => number;
  #count = 0;

  static async open(random: () => number): Promise<InventoryWorld> {
    return new InventoryWorld(await LiveMonitor.open('/w', '/out', '/w/d', '/out/d'), random);
  }

  private constructor(live: LiveMonitor, random: () => number) {
    this.live = live;
    this.#random = random;
  }

  /** Something that is there before the watch begins. */
  before(): void {
    const directory = this.#pick(this.#things('/').filter((thing) => thing.directory));
    if (this.#random() < 0.3) this.live.mkdir(`${directory.path}/${this.#name('d')}`);
    else this.live.create(`${directory.path}/${this.#name('f')}`);
  }

  /** One thing that may happen. */
  async step(rules: string): Promise<void> {
    const dice = this.#random();
    if (dice < 0.05) {
      this.#did('cut');
      this.live.emulator.streams.drop('all', 'cleanly');
      return;
    }
    if (dice < 0.08) return await this.#away(rules);
    if (dice < 0.3) {
      // Lets the stream and the reader come along.
      for (let n = 0; n < 4; n += 1) await this.live.names('/w');
      return;
    }
    this.#work();
  }

  async #away(rules: string): Promise<void> {
    const { live } = this;
    this.#did('stop');
    await live.stop();
    for (let n = 0; n < 4; n += 1) this.#work();
    const started = live.start(rules, { ref: '/w' });
    this.#work();
    await started;
  }

  #work(): void {
    const { live } = this;
    const things = this.#things('/').filter(({ path }) => path.indexOf('/', 1) > 0);
    const directories = this.#things('/').filter((thing) => thing.directory);
    const into = this.#pick(directories).path;
    const dice = this.#random();
    if (dice < 0.28) {
      const directory = dice > 0.2;
      const path = `${into}/${this.#name(directory ? 'd' : 'f')}`;
      this.#did(`create ${path} ${directory ? live.mkdir(path) : live.create(path)}`);
      return;
    }
    if (things.length === 0) return;
    const one = this.#pick(things);
    if (dice < 0.6) {
      if (into === one.path || into.startsWith(`${one.path}/`)) return;
      const to = `${into}/${this.#name(one.directory ? 'd' : 'f')}`;
      this.#did(`rename ${one.id} ${one.path} ${to}`);
      return live.rename(one.path, to);
    }
    if (dice < 0.72) {
      if (one.children > 0) return;
      this.#did(`remove ${one.id} ${one.path}`);
      return live.remove(one.path);
    }
    if (dice < 0.82) {
      live.emulator.fs.setAttributes(ADMIN, one.path, { mode: this.#random() < 0.5 ? '0600' : '0644' });
      return;
    }
    if (one.directory) return;
    if (dice < 0.95) {
      live.emulator.fs.writeData(ADMIN, one.path, Buffer.from(`written ${this.#count}`));
      return;
    }
    this.linked.add(one.id);
    const name = this.#name('l');
    this.#did(`link ${one.id} ${one.path} ${into}/${name}`);
    live.emulator.fs.createEntry(ADMIN, into, { action: 'CREATE_LINK', name, old_path: one.path });
  }

  /** Waits until nothing is left to be decided about; a half of a rename that stays alone included. */
  async rest(): Promise<void> {
    const { live } = this;
    const come = async (name: string) => {
      const id = live.create(`/w/${name}`);
      await live.until(() => live.of('matched').some(({ fileId }) => fileId === id));
    };
    await come('last');
    await this.#quiet();
    // Longer than a half of a rename waits for the other.
    live.ahead += 3000;
    await come('the very last');
    await this.#quiet();
  }

  async #quiet(): Promise<void> {
    const { live } = this;
    for (;;) {
      const status = await live.monitor?.status();
      if (status === undefined) throw new Error('it was stopped');
      const { lag, jobs, stream } = status;
      const closed = live.events.findLastIndex(({ kind }) => kind === 'catch-up-finished');
      const began = live.events.findLastIndex(({ kind }) => kind === 'listening' || kind === 'catch-up-started');
      if (lag.batches + jobs.due + jobs.running + jobs.waiting === 0 && stream === 'watching' && closed > began) return;
      // Some turns of the event loop, and no time.
      await live.names('/w');
    }
  }

  #did(deed: string): void {
    this.#deeds.push({ after: this.live.events.length, deed });
  }

  /** All that was done, and what was told of names, for whoever looks for the cause of a failure. */
  story(): string {
    const deeds = [...this.#deeds];
    const lines: string[] = [];
    for (const [n, event] of this.live.events.entries()) {
      while ((deeds[0]?.after ?? Number.POSITIVE_INFINITY) <= n) lines.push(`> ${deeds.shift()?.deed}`);
      if (event.kind === 'matched') {
        const { id, type, fileId, movedFrom, path } = event.change;
        if (/_(?:added|removed|moved_from|moved_to|renamed)$/.test(type))
          lines.push(`  ${id} ${type} ${fileId} ${movedFrom ?? ''} ${path}`);
      } else if (/^(?:listening|catch-up|stream-ended)/.test(event.kind)) lines.push(`  ${event.kind}`);
    }
    return [...lines, ...deeds.map(({ deed }) => `> ${deed}`)].join('\n');
  }

  /** Names below the watched directory by id: what is there. */
  tree(): Map<string, string[]> {
    const tree = new Map<string, string[]>();
    for (const { id, path } of this.#things('/w')) tree.set(id, [...(tree.get(id) ?? []), path]);
    return tree;
  }

  /** What the inventory says; the monitor is stopped. */
  async inventory(): Promise<{ names: string[]; baseline: Set<string>; batches: Map<string, Batch> }> {
    const { live } = this;
    const store = await openSqliteQueue(live.stateDir, { clock: systemClock });
    try {
      const directoryId = live.emulator.fs.idOf('/w') ?? '';
      const inventory = await store.inventory({ directoryId, recursive: true, path: '/w' });
      if (inventory === undefined) throw new Error('there is none');
      const names: string[] = [];
      const baseline = new Set<string>();
      for (let after: Cursor | undefined; ; ) {
        const { entries, next } = inventory.unmet(1e9, after);
        for (const entry of entries) {
          const path = inventory.pathOf(entry);
          // In a directory that has left: the next walk forgets it.
          if (path === undefined) continue;
          // One of several names may be renamed while a walk has seen it: the next walk finds out.
          if (!this.linked.has(entry.fileId)) names.push(`/w/${path}`);
          if (entry.standing === 'baseline') baseline.add(entry.fileId);
        }
        if (next === undefined) break;
        after = next;
      }
      const batches = new Map<string, Batch>();
      for await (const { position, source, epoch } of store.log.history({}))
        batches.set(position, { isFound: source !== 'stream', epoch });
      return { names: names.sort(), baseline, batches };
    } finally {
      await store.close();
    }
  }

  #things(root: string): Thing[] {
    const found: Thing[] = [];
    const look = (directory: string) => {
      const { files } = this.live.emulator.fs.list(ADMIN, directory, { limit: 10_000 }).value;
      for (const { id, name, type, child_count: children } of files) {
        const path = `${directory === '/' ? '' : directory}/${name}`;
        const isDirectory = type === 'FS_FILE_TYPE_DIRECTORY';
        found.push({ id, path, directory: isDirectory, children });
        if (isDirectory) look(path);
      }
    };
    look(root);
    return found;
  }

  #name(kind: string): string {
    this.#count += 1;
    return `${kind}${this.#count}`;
  }

  #pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.#random() * from.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }
}
