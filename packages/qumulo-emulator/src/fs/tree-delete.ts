/**
 * Tree-delete jobs: the name goes at once, the contents step by step; a locked file stops the job with a message until
 * somebody restarts it (FACTS 5, 14).
 */
import { fullAccess, type Caller, type Ref } from './caller.ts';
import type { TreeDeleteJob } from './types.ts';
import { blockBytes, type Core, stateOf } from './core.ts';
import { type Entry, type Inode, kindDirectory } from './inode.ts';
import { invalidArgument, notADirectory, treeDeleteJobNotFound } from './errors.ts';
import { locate, pathOf } from './lookup.ts';
import { markEntriesChanged } from './mutate.ts';
import { removeName } from './ops/remove.ts';
import { formatTime, type Time } from './times.ts';
import { live } from './version.ts';
import { refuses } from './worm.ts';

type Level = { readonly directory: Inode; readonly rest: Generator<Entry, void, undefined> };

type Job = {
  readonly root: Inode;
  readonly home: Inode;
  readonly name: string;
  readonly path: string;
  readonly created: Time;
  readonly capacity: number;
  readonly files: number;
  readonly directories: number;
  levels: Level[];
  error: string | null;
};

/** Rights do not count here: the privilege for tree delete ignores file permissions (FACTS 8). */
export const system: Caller = { authId: '0', groupIds: [], privileges: new Set([fullAccess]) };

const filesIn = (directory: Inode): number => {
  const { files, symlinks, others } = stateOf(directory).sums;
  return files + symlinks + others;
};

export class TreeDeletes {
  readonly #core: Core;
  readonly #jobs = new Map<number, Job>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** @throws FsError nothing there, not a directory, the root */
  create(ref: Ref): TreeDeleteJob {
    const core = this.#core;
    const { head, entry } = locate(core, system, ref, null);
    if (head.kind !== kindDirectory) throw notADirectory(ref);
    if (head === core.root) throw invalidArgument('the root directory cannot be deleted');
    const known = this.#jobs.get(head.id);
    if (known !== undefined && known.error !== null) this.restart(String(head.id));
    if (entry === undefined || known !== undefined) return this.#render(this.#job(String(head.id)));
    const sums = stateOf(head).sums;
    const job: Job = {
      root: head,
      home: entry.directory,
      name: entry.name,
      path: pathOf(head, live),
      created: core.now(),
      capacity: sums.blocks * blockBytes,
      files: filesIn(head),
      directories: sums.directories,
      levels: [],
      error: null,
    };
    this.#jobs.set(head.id, job);
    this.#detach(job);
    return this.#render(job);
  }

  list(): TreeDeleteJob[] {
    this.#forgetGone();
    return [...this.#jobs.values()].map((job) => this.#render(job));
  }

  get(id: string): TreeDeleteJob {
    return this.#render(this.#job(id));
  }

  /** What is left comes back under its old name if that is free. */
  cancel(id: string): void {
    const job = this.#job(id);
    this.#jobs.delete(job.root.id);
    this.#restore(job);
  }

  restart(id: string): void {
    const job = this.#job(id);
    job.error = null;
    this.#detach(job);
  }

  /** Removes up to `budget` objects; true while there is more to do. */
  step(budget: number): boolean {
    let left = budget;
    for (const job of this.#jobs.values()) {
      while (left > 0 && job.error === null && this.#jobs.has(job.root.id)) {
        this.#removeOne(job);
        left -= 1;
      }
    }
    for (const job of this.#jobs.values()) if (job.error === null) return true;
    return false;
  }

  #detach(job: Job): void {
    const core = this.#core;
    job.levels = [level(job.root)];
    const entry = job.root.entry;
    if (entry === undefined) return;
    core.unbind(entry, job.root);
    core.sink.report('child_dir_removed', entry, job.root);
    core.sink.gone(job.root);
    markEntriesChanged(core, entry.directory, core.now());
  }

  #restore(job: Job): void {
    const core = this.#core;
    if (!job.home.alive || !job.root.alive || job.root.entry !== undefined) return;
    if (core.entryOf(job.home, job.name)?.inode !== undefined) return;
    const entry = core.bind(job.home, job.name, job.root, true);
    core.sink.report('child_dir_added', entry, job.root);
    markEntriesChanged(core, job.home, core.now());
  }

  #removeOne(job: Job): void {
    const core = this.#core;
    const top = job.levels.at(-1);
    if (top === undefined) {
      this.#finish(job);
      return;
    }
    const next = top.rest.next();
    if (next.done === true) {
      job.levels.pop();
      const entry = top.directory.entry;
      if (top.directory === job.root) this.#finish(job);
      else if (entry !== undefined) this.#remove(entry, top.directory);
      return;
    }
    const entry = next.value;
    const object = entry.inode;
    if (object === undefined) return;
    if (object.kind === kindDirectory) {
      job.levels.push(level(object));
      return;
    }
    if (refuses(core, object, 'tree-delete')) {
      job.error = `${core.unknowns.lockedFileError.errorClass}: file ${object.id} (${job.path}${this.#below(job, entry)}) is locked`;
      if (core.unknowns.treeDeleteStopped === 'restored') this.#restore(job);
      return;
    }
    this.#remove(entry, object);
  }

  #remove(entry: Entry, object: Inode): void {
    const core = this.#core;
    const { sink } = core;
    // The tree has no name any more, so nobody above hears of it unless `unknowns` wants the objects reported.
    core.sink = core.unknowns.treeDeleteSendsRemovals
      ? sink
      : { idle: true, report: () => undefined, moved: () => undefined, gone: (gone) => sink.gone(gone) };
    try {
      removeName(core, entry, object, core.now());
    } finally {
      core.sink = sink;
    }
  }

  #finish(job: Job): void {
    this.#jobs.delete(job.root.id);
    this.#core.destroy(job.root);
  }

  #below(job: Job, entry: Entry): string {
    const names = [entry.name];
    for (let up = entry.directory; up !== job.root && up.entry !== undefined; up = up.entry.directory) {
      names.push(up.entry.name);
    }
    return names.toReversed().join('/');
  }

  /** A directory that came back after its job stopped can be deleted like any other. */
  #forgetGone(): void {
    for (const [id, job] of this.#jobs) if (!job.root.alive) this.#jobs.delete(id);
  }

  #job(id: string): Job {
    this.#forgetGone();
    const job = /^\d{1,16}$/.test(id) ? this.#jobs.get(Number(id)) : undefined;
    if (job === undefined) throw treeDeleteJobNotFound(id);
    return job;
  }

  #render(job: Job): TreeDeleteJob {
    const sums = stateOf(job.root).sums;
    return {
      id: String(job.root.id),
      create_time: formatTime(job.created.seconds, job.created.nanos),
      mode: 'IN_PLACE',
      initial_path: job.path,
      initial_capacity: String(job.capacity),
      initial_directories: String(job.directories),
      initial_files: String(job.files),
      remaining_capacity: String(sums.blocks * blockBytes),
      remaining_directories: String(sums.directories),
      remaining_files: String(filesIn(job.root)),
      last_error_message: job.error,
    };
  }
}

const level = (directory: Inode): Level => ({ directory, rest: stateOf(directory).entries.after(-1) });
