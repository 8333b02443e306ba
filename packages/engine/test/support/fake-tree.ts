import type { FileAttributes, FileLock, FileType } from '@qwarden/qumulo-client';

export interface Node {
  readonly id: string;
  readonly type: FileType;
  /** Names of the object: [directory id, name]. One for directories. */
  names: [string, string][];
  readonly children: Map<string, string>;
  data: number;
  size: number;
  mtime: number;
  ctime: number;
  btime: number;
  lock: FileLock;
  etag: number;
}

/** A tree in memory, as little of one as these tests need. */
export class FakeTree {
  readonly nodes = new Map<string, Node>();
  #nextId = 1000;

  constructor(now: number) {
    this.#put('2', 'FS_FILE_TYPE_DIRECTORY', now);
  }

  #put(id: string, type: FileType, now: number): Node {
    const node: Node = {
      id,
      type,
      names: [],
      children: new Map(),
      data: 0,
      size: 0,
      mtime: now,
      ctime: now,
      btime: now,
      lock: { legal_hold: false, retention_period: null },
      etag: 1,
    };
    this.nodes.set(id, node);
    return node;
  }

  find(path: string): Node | undefined {
    let node = this.nodes.get('2');
    for (const part of path.split('/').filter((name) => name !== '')) {
      const child = node?.children.get(part);
      node = child === undefined ? undefined : this.nodes.get(child);
    }
    return node;
  }

  get(path: string): Node {
    const node = this.find(path);
    if (node === undefined) throw new Error(`no ${path} in the fake tree`);
    return node;
  }

  split(path: string): [Node, string] {
    const slash = path.lastIndexOf('/');
    return [this.get(path.slice(0, slash) || '/'), path.slice(slash + 1)];
  }

  add(path: string, type: FileType, now: number, id = String(this.#nextId++)): Node {
    const [directory, name] = this.split(path);
    if (directory.children.has(name)) throw new Error(`${path} is there already`);
    const node = this.#put(id, type, now);
    this.linkTo(node, directory, name);
    return node;
  }

  linkTo(node: Node, directory: Node, name: string): void {
    directory.children.set(name, node.id);
    node.names.push([directory.id, name]);
  }

  unlink(path: string): Node {
    const [directory, name] = this.split(path);
    const node = this.get(path);
    directory.children.delete(name);
    node.names = node.names.filter(([parent, other]) => parent !== directory.id || other !== name);
    if (node.names.length === 0) this.nodes.delete(node.id);
    return node;
  }

  path(node: Node): string {
    const first = node.names[0];
    if (first === undefined) return '/';
    const parent = this.nodes.get(first[0]);
    return `${parent === undefined || parent.id === '2' ? '' : this.path(parent)}/${first[1]}`;
  }

  attributes(node: Node, path = this.path(node)): FileAttributes {
    const directory = node.type === 'FS_FILE_TYPE_DIRECTORY';
    const details = { id_type: 'LOCAL_USER', id_value: 'admin' } as const;
    return {
      path: directory && path !== '/' ? `${path}/` : path,
      name: path.slice(path.lastIndexOf('/') + 1),
      id: node.id,
      file_number: node.id,
      type: node.type,
      size: String(node.size),
      num_links: directory ? 2 : node.names.length,
      child_count: node.children.size,
      mode: '0644',
      owner: '500',
      owner_details: details,
      group: '513',
      group_details: { id_type: 'LOCAL_GROUP', id_value: 'Users' },
      blocks: '1',
      datablocks: '1',
      metablocks: '0',
      access_time: iso(node.mtime),
      modification_time: iso(node.mtime),
      change_time: iso(node.ctime),
      creation_time: iso(node.btime),
      data_revision: directory ? null : String(node.data),
      extended_attributes: {},
    };
  }
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
