import type { Anchors } from '../conditions/kind.ts';

/** Rules in a bucket, by their number. */
type Bucket = number[];

/** A directory of the trie, with the rules that cannot match outside it. */
interface Directory {
  below: Map<string, Directory> | undefined;
  always: Bucket | undefined;
  byExtension: Map<string, Bucket> | undefined;
  byName: Map<string, Bucket> | undefined;
  /** By the beginning, a map for each length of it. */
  byHead: Heads[] | undefined;
}

interface Heads {
  readonly length: number;
  readonly buckets: Map<string, Bucket>;
}

/** Longer beginnings are cut: so many lengths are looked up for a directory at most. */
const LONGEST_HEAD = 12;
/** A beginning as short as this tells less than an extension. */
const SHORT_HEAD = 3;
/** A rule that would stand in more places than this stands in fewer, wider ones. */
const MOST_PLACES = 4096;

/**
 * Finds the rules that a change may match by what every match of them must have: a directory above it (a trie of path
 * parts), and there a name, the beginning of a name, or an extension. It may find too many, never too few. A lookup costs some
 * steps for each directory of the path that rules name, however many rules there are.
 */
export class RuleIndex {
  readonly #root: Directory = directory();
  readonly #ignoreCase: boolean;
  #isEmpty = true;

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  add(rule: number, anchors: Anchors): void {
    this.#isEmpty = false;
    const { kind, values } = keysOf(anchors);
    const places = anchors.prefixes ?? ['/'];
    const prefixes = places.length * Math.max(1, values.length) > MOST_PLACES && kind !== 'always' ? ['/'] : places;
    for (const prefix of new Set(prefixes.map((one) => this.#fold(one)))) {
      const at = this.#directory(prefix);
      if (kind === 'always') push((at.always ??= []), rule);
      for (const value of values) {
        // Extensions are in lower case in any index.
        if (kind === 'extension') push(bucket((at.byExtension ??= new Map()), value.toLowerCase()), rule);
        else if (kind === 'name') push(bucket((at.byName ??= new Map()), this.#fold(value)), rule);
        else this.#addHead(at, this.#fold(value).slice(0, LONGEST_HEAD), rule);
      }
    }
  }

  /**
   * Appends the buckets that may hold a match.
   * @param path and name in lower case for an index that ignores case
   */
  collect(path: string, name: string, extension: string, out: Bucket[]): void {
    let at: Directory | undefined = this.#root;
    visit(at, name, extension, out);
    let start = 1;
    while (at.below !== undefined && start < path.length) {
      const slash = path.indexOf('/', start);
      const end = slash === -1 ? path.length : slash;
      at = at.below.get(path.slice(start, end));
      if (at === undefined) return;
      visit(at, name, extension, out);
      start = end + 1;
    }
  }

  #fold(text: string): string {
    return this.#ignoreCase ? text.toLowerCase() : text;
  }

  #directory(prefix: string): Directory {
    let at = this.#root;
    for (const part of prefix.split('/')) {
      if (part === '') continue;
      at.below ??= new Map();
      let next = at.below.get(part);
      if (next === undefined) at.below.set(part, (next = directory()));
      at = next;
    }
    return at;
  }

  #addHead(at: Directory, head: string, rule: number): void {
    at.byHead ??= [];
    let heads = at.byHead.find(({ length }) => length === head.length);
    if (heads === undefined) at.byHead.push((heads = { length: head.length, buckets: new Map() }));
    push(bucket(heads.buckets, head), rule);
  }
}

function directory(): Directory {
  return { below: undefined, always: undefined, byExtension: undefined, byName: undefined, byHead: undefined };
}

function visit(at: Directory, name: string, extension: string, out: Bucket[]): void {
  if (at.always !== undefined) out.push(at.always);
  const byExtension = at.byExtension?.get(extension);
  if (byExtension !== undefined) out.push(byExtension);
  const byName = at.byName?.get(name);
  if (byName !== undefined) out.push(byName);
  if (at.byHead === undefined) return;
  for (const { length, buckets } of at.byHead) {
    const byHead = length > name.length ? undefined : buckets.get(name.slice(0, length));
    if (byHead !== undefined) out.push(byHead);
  }
}

type KeyKind = 'name' | 'head' | 'extension' | 'always';

/** The key that tells most. */
function keysOf({ names, heads, extensions }: Anchors): { kind: KeyKind; values: readonly string[] } {
  if (names !== undefined) return { kind: 'name', values: names };
  const isLong = heads?.every((head) => head.length >= SHORT_HEAD) === true;
  if (heads !== undefined && (isLong || extensions === undefined)) return { kind: 'head', values: heads };
  return extensions === undefined ? { kind: 'always', values: [] } : { kind: 'extension', values: extensions };
}

function bucket<K>(map: Map<K, Bucket>, key: K): Bucket {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = []));
  return found;
}

/** Two keys of one rule can fall together. */
function push(bucket: Bucket, rule: number): void {
  if (bucket.at(-1) !== rule) bucket.push(rule);
}
