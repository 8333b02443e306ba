/** A naive twin of the file system: plain objects, deep copies for snapshots, nothing clever. */

export type ModelFile = { kind: 'file'; id: string; bytes: number[]; mode: string };
export type ModelDirectory = { kind: 'directory'; id: string; children: Map<string, ModelNode>; mode: string };
export type ModelNode = ModelFile | ModelDirectory;

export type ModelRefusal = 'missing' | 'exists' | 'not-empty' | 'cycle' | 'not-a-directory' | 'not-a-file' | 'root';

export class Refused extends Error {
  readonly why: ModelRefusal;
  constructor(why: ModelRefusal) {
    super(why);
    this.why = why;
  }
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

export class Model {
  root: ModelDirectory = { kind: 'directory', id: '2', children: new Map(), mode: '0755' };

  find(path: string): ModelNode {
    let node: ModelNode = this.root;
    for (const part of partsOf(path)) {
      const next: ModelNode | undefined = node.kind === 'directory' ? node.children.get(part) : undefined;
      if (next === undefined) throw new Refused('missing');
      node = next;
    }
    return node;
  }

  directory(path: string): ModelDirectory {
    const node = this.find(path);
    if (node.kind !== 'directory') throw new Refused('not-a-directory');
    return node;
  }

  file(path: string): ModelFile {
    const node = this.find(path);
    if (node.kind !== 'file') throw new Refused('not-a-file');
    return node;
  }

  /** Directory and name that a path ends in. */
  place(path: string): { parent: ModelDirectory; name: string } {
    const parts = partsOf(path);
    const name = parts.at(-1);
    if (name === undefined) throw new Refused('root');
    return { parent: this.directory(`/${parts.slice(0, -1).join('/')}`), name };
  }

  add(path: string, node: ModelNode): void {
    const { parent, name } = this.place(path);
    if (parent.children.has(name)) throw new Refused('exists');
    parent.children.set(name, node);
  }

  /** Checks an addition without making it. */
  mayAdd(path: string): void {
    const { parent, name } = this.place(path);
    if (parent.children.has(name)) throw new Refused('exists');
  }

  remove(path: string): void {
    const node = this.find(path);
    const { parent, name } = this.place(path);
    if (node.kind === 'directory' && node.children.size > 0) throw new Refused('not-empty');
    parent.children.delete(name);
  }

  removeTree(path: string): void {
    this.directory(path);
    const { parent, name } = this.place(path);
    parent.children.delete(name);
  }

  rename(from: string, to: string, clobber: boolean): void {
    const node = this.find(from);
    const source = this.place(from);
    const target = this.place(to);
    if (node.kind === 'directory' && contains(node, target.parent)) throw new Refused('cycle');
    const replaced = target.parent.children.get(target.name);
    if (replaced === node) return;
    if (replaced !== undefined) {
      if (!clobber) throw new Refused('exists');
      if (node.kind === 'directory' && replaced.kind === 'file') throw new Refused('not-a-directory');
      if (node.kind === 'file' && replaced.kind === 'directory') throw new Refused('not-a-file');
      if (replaced.kind === 'directory' && replaced.children.size > 0) throw new Refused('not-empty');
    }
    source.parent.children.delete(source.name);
    target.parent.children.set(target.name, node);
  }

  link(from: string, to: string): void {
    const node = this.find(from);
    if (node.kind !== 'file') throw new Refused('not-a-file');
    this.add(to, node);
  }

  write(path: string, offset: number | undefined, bytes: readonly number[]): void {
    const file = this.file(path);
    if (offset === undefined) file.bytes = [...bytes];
    else if (bytes.length > 0) {
      while (file.bytes.length < offset) file.bytes.push(0);
      file.bytes.splice(offset, bytes.length, ...bytes);
    }
  }

  truncate(path: string, size: number): void {
    const file = this.file(path);
    file.bytes.length = Math.min(file.bytes.length, size);
    while (file.bytes.length < size) file.bytes.push(0);
  }

  punch(path: string, offset: number, size: number): void {
    const file = this.file(path);
    for (let i = offset; i < Math.min(file.bytes.length, offset + size); i += 1) file.bytes[i] = 0;
  }
}

const contains = (directory: ModelDirectory, wanted: ModelDirectory): boolean =>
  directory === wanted ||
  [...directory.children.values()].some((child) => child.kind === 'directory' && contains(child, wanted));

export const deepCopy = (node: ModelDirectory): ModelDirectory => structuredClone(node);

/** Every path with what is there, for comparing whole trees. */
export const flatten = (node: ModelDirectory, path = '/'): Map<string, string> => {
  const all = new Map<string, string>([[path, `directory ${node.id} ${node.mode} ${node.children.size}`]]);
  for (const [name, child] of node.children) {
    if (child.kind === 'file') {
      all.set(`${path}${name}`, `file ${child.id} ${child.mode} ${Buffer.from(child.bytes).toString('hex')}`);
    } else {
      for (const [below, what] of flatten(child, `${path}${name}/`)) all.set(below, what);
    }
  }
  return all;
};
