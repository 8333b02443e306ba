/** Sums over directories: kept up to date for the present, added up by walking for snapshots. */
import { demand, may } from '../acl/access.ts';
import { EXECUTE, READ } from '../acl/rights.ts';
import type { Aggregate, AggregateOrder, DirectoryAggregates, FileSample, SampleBy } from '../types.ts';
import { bytesOfBlocks, sizeOf } from '../attributes.ts';
import type { Caller, Ref } from '../caller.ts';
import { type Core, ownSums, stateOf } from '../core.ts';
import { Sums } from '../sums.ts';
import { notADirectory } from '../errors.ts';
import { fileTypes, type Inode, kindDirectory } from '../inode.ts';
import { locate, type Located, pathOf, type Window } from '../lookup.ts';
import { live } from '../version.ts';

export type AggregateOptions = {
  maxEntries?: number | undefined;
  maxDepth?: number | undefined;
  orderBy?: AggregateOrder | undefined;
};

const defaultEntries = 1000;
const defaultDepth = 10;
/** Of `max-entries` and `max-depth` of the recursive call. */
const systemLimit = 5000;
/** A recursive answer leaves out what is smaller than this part of its directory. */
const smallestShare = 0.1;
const mostSamples = 100_000;

const keyOf: Record<AggregateOrder, (sums: Readonly<Sums>) => number> = {
  total_blocks: (sums) => sums.blocks,
  total_datablocks: (sums) => sums.dataBlocks,
  total_named_stream_datablocks: (sums) => sums.streamBlocks,
  total_metablocks: (sums) => sums.metaBlocks,
  total_files: (sums) => sums.files,
  total_directories: (sums) => sums.directories,
  total_symlinks: (sums) => sums.symlinks,
  total_other: (sums) => sums.others,
  total_named_streams: (sums) => sums.streams,
};

/** Sums of an object and all below it in a view. An object with several names counts where its canonical name is. */
const sumsIn = (core: Core, head: Inode, view: number): Readonly<Sums> => {
  if (view === live) return core.sumsOf(head);
  const node = head.at(view);
  if (node === undefined) return new Sums();
  const total = ownSums(node, core.unknowns);
  if (node.kind !== kindDirectory) return total;
  // A list instead of recursion: a path may be 16,000 directories deep.
  const waiting = [head];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    for (const entry of stateOf(directory).entries.after(-1)) {
      const child = entry.inodeAt(view);
      const state = child?.at(view);
      if (child === undefined || state?.entry !== entry) continue;
      total.add(ownSums(state, core.unknowns), 1);
      if (state.kind === kindDirectory) waiting.push(child);
    }
  }
  return total;
};

const wireEntry = (name: string, node: Inode, sums: Readonly<Sums>): Aggregate => ({
  name,
  type: fileTypes[node.kind] ?? 'FS_FILE_TYPE_FILE',
  id: String(node.id),
  capacity_usage: bytesOfBlocks(sums.blocks),
  data_usage: bytesOfBlocks(sums.dataBlocks),
  meta_usage: bytesOfBlocks(sums.metaBlocks),
  num_files: String(sums.files),
  num_directories: String(sums.directories),
  num_symlinks: String(sums.symlinks),
  num_other_objects: String(sums.others),
  named_stream_data_usage: bytesOfBlocks(sums.streamBlocks),
  num_named_streams: String(sums.streams),
});

type Child = { readonly name: string; readonly head: Inode; readonly node: Inode; readonly sums: Readonly<Sums> };

const childrenOf = (core: Core, head: Inode, view: number): Child[] => {
  const children: Child[] = [];
  for (const entry of stateOf(head).entries.after(-1)) {
    const child = entry.inodeAt(view);
    const node = child?.at(view);
    if (child !== undefined && node !== undefined) {
      children.push({ name: entry.name, head: child, node, sums: sumsIn(core, child, view) });
    }
  }
  return children;
};

const describe = (
  core: Core,
  { head, node, view }: Pick<Located, 'head' | 'node' | 'view'>,
  children: Child[],
  options: AggregateOptions,
): DirectoryAggregates => {
  const order = keyOf[options.orderBy ?? 'total_blocks'];
  // Equal ones stay as they are listed: comparing 200,000 names would hold everybody up for a second.
  const shown = children.sort((a, b) => order(b.sums) - order(a.sums)).slice(0, options.maxEntries ?? defaultEntries);
  const total = sumsIn(core, head, view);
  return {
    path: pathOf(node, view),
    id: String(node.id),
    files: shown.map((child) => wireEntry(child.name, child.node, child.sums)),
    total_capacity: bytesOfBlocks(total.blocks),
    total_data: bytesOfBlocks(total.dataBlocks),
    total_named_stream_data: bytesOfBlocks(total.streamBlocks),
    total_meta: bytesOfBlocks(total.metaBlocks),
    total_files: String(total.files),
    total_directories: String(total.directories - (core.unknowns.aggregatesCountSelf ? 0 : 1)),
    total_symlinks: String(total.symlinks),
    total_other_objects: String(total.others),
    total_named_streams: String(total.streams),
  };
};

const directoryOf = (core: Core, caller: Caller, ref: Ref, window: Window): Located => {
  const found = locate(core, caller, ref, window);
  if (found.node.kind !== kindDirectory) throw notADirectory(ref);
  demand(caller, found.node, READ | EXECUTE);
  return found;
};

export const aggregates = (
  core: Core,
  caller: Caller,
  ref: Ref,
  options: AggregateOptions,
  window: Window,
): DirectoryAggregates => {
  const found = directoryOf(core, caller, ref, window);
  return describe(core, found, childrenOf(core, found.head, found.view), options);
};

/**
 * Breadth first, `maxDepth` levels deep (default 10), until `maxEntries` entries were seen (default 1000); entries smaller
 * than a tenth of their directory are left out, and not entered (documented: files_ref_recursive-aggregates).
 */
export const recursiveAggregates = (
  core: Core,
  caller: Caller,
  ref: Ref,
  options: AggregateOptions,
  window: Window,
): DirectoryAggregates[] => {
  const answers: DirectoryAggregates[] = [];
  const maxDepth = Math.min(options.maxDepth ?? defaultDepth, systemLimit);
  let entriesLeft = Math.min(options.maxEntries ?? defaultEntries, systemLimit);
  let level: Pick<Located, 'head' | 'node' | 'view'>[] = [directoryOf(core, caller, ref, window)];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const directory of level) {
      if (entriesLeft <= 0 && answers.length > 0) return answers;
      const least = sumsIn(core, directory.head, directory.view).blocks * smallestShare;
      const children = childrenOf(core, directory.head, directory.view).filter(({ sums }) => sums.blocks >= least);
      const answer = describe(core, directory, children, { ...options, maxEntries: Math.max(0, entriesLeft) });
      entriesLeft -= answer.files.length;
      answers.push(answer);
      for (const child of children.slice(0, answer.files.length)) {
        const readable = child.node.kind === kindDirectory && may(caller, child.node, READ | EXECUTE);
        if (readable) next.push({ head: child.head, node: child.node, view: directory.view });
      }
    }
    level = next;
  }
  return answers;
};

/**
 * `limit` files chosen in proportion to what they take up, a large one several times: clients reckon shares out of the
 * number that they asked for (FACTS 13). Equal steps through the sum, so the answer is the same every time.
 * One pass for all steps, and directories are entered only where a step falls.
 */
export const sample = (core: Core, caller: Caller, ref: Ref, by: SampleBy, limit: number): FileSample[] => {
  const { head } = directoryOf(core, caller, ref, null);
  const weigh: Record<SampleBy, (sums: Readonly<Sums>) => number> = {
    capacity: (sums) => sums.blocks,
    data: (sums) => sums.dataBlocks,
    file: (sums) => sums.files,
    named_streams: (sums) => sums.streams,
  };
  const weight = (inode: Inode) => weigh[by](core.sumsOf(inode));
  const total = weight(head);
  const count = total > 0 ? Math.min(limit, mostSamples) : 0;
  const picks: Inode[] = [];
  const falls = (end: number) => picks.length < count && ((picks.length + 0.5) * total) / count < end;
  const take = (file: Inode, end: number) => {
    while (falls(end)) picks.push(file);
  };
  const entered = [{ rest: stateOf(head).entries.after(-1), end: total }];
  let passed = 0;
  let last: Inode | undefined;
  for (let inside = entered.at(-1); inside !== undefined && picks.length < count; inside = entered.at(-1)) {
    const next = inside.rest.next();
    if (next.done === true) {
      // A directory weighs something itself; a step that falls on that goes to the last file before it.
      if (last !== undefined) take(last, inside.end);
      passed = inside.end;
      entered.pop();
      continue;
    }
    const child = next.value.inode;
    if (child === undefined || child.entry !== next.value) continue;
    const end = passed + weight(child);
    if (child.kind === kindDirectory && falls(end)) {
      entered.push({ rest: stateOf(child).entries.after(-1), end });
      continue;
    }
    if (child.kind !== kindDirectory && end > passed) last = child;
    if (last === child) take(child, end);
    passed = end;
  }
  return picks.map((file) => wireSample(core, file));
};

const wireSample = (core: Core, node: Inode): FileSample => {
  const sums = core.sumsOf(node);
  return {
    id: String(node.id),
    name: pathOf(node, live),
    type: fileTypes[node.kind] ?? 'FS_FILE_TYPE_FILE',
    capacity_usage: bytesOfBlocks(sums.blocks),
    data_usage: bytesOfBlocks(sums.dataBlocks),
    size: String(sizeOf(node)),
  };
};
