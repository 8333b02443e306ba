// The recorded stream: what people and programs do to a tree of 2,000 projects, as the cluster tells it (api/FACTS.md 6.2).
// Seeded, so that every side of every run gets the same bytes.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/toolchain.mjs';

const SEED = 20_261_125;
const PROJECTS = 2_000;
const FOLDERS = ['', 'drawings', 'reports/2026', 'correspondence/in', 'images/raw/day 12', 'data/run 7/output/parts'];
const EXTENSIONS = ['pdf', 'docx', 'xlsx', 'dwg', 'jpg', 'csv', 'tif', 'txt', 'tmp', 'log'];
const WRITE_BYTES = 1 << 20;

/** Of the last event of a recording: whoever has decided about it has decided about all. */
export const LAST_NAME = 'end of the recording.sentinel';

export const projectPath = (n) => `department ${String(n % 40).padStart(2, '0')}/project ${String(n).padStart(4, '0')}`;

/** Path of the file with `count` events, `perLine` in each line; made when it is not there. */
export function recording(count, perLine) {
  const directory = join(root, '.cache', 'bench-monitor');
  const path = join(directory, `events-${SEED}-${count}-by-${perLine}.sse`);
  if (existsSync(path)) return path;
  mkdirSync(directory, { recursive: true });
  const file = openSync(`${path}.new`, 'w');
  let text = '';
  const flush = (least) => {
    if (text.length <= least) return;
    writeSync(file, text);
    text = '';
  };
  let line = [];
  const endLine = () => {
    if (line.length > 0) text += `data: [${line.join(',')}]\n\n`;
    line = [];
    flush(WRITE_BYTES);
  };
  for (const event of events(count)) {
    line.push(JSON.stringify(event));
    if (line.length === perLine) endLine();
  }
  endLine();
  flush(0);
  closeSync(file);
  renameSync(`${path}.new`, path);
  return path;
}

/** The events themselves, the last one being the sign of the end. */
export function* events(count) {
  const world = new World(SEED);
  let made = 0;
  while (made < count - 1) {
    for (const event of world.next()) {
      if (made === count - 1) break;
      made += 1;
      yield event;
    }
  }
  yield { type: 'child_file_added', spine: ['2', '77'], path: LAST_NAME, stream_name: null };
}

class World {
  #state;
  #nextId = 5_000_000;
  /** Files that are there, to be written again, renamed and removed; the oldest are forgotten. */
  #files = [];

  constructor(seed) {
    this.#state = seed;
  }

  /** What one thing that somebody does makes the cluster tell. */
  next() {
    const dice = this.#random();
    if (dice < 0.4 || this.#files.length < 100) return this.#create();
    const place = Math.floor(this.#random() * this.#files.length);
    const file = this.#files[place];
    if (dice < 0.7) return told(file, 'child_data_written', 'child_size_changed', 'child_mtime_changed');
    if (dice < 0.8) return told(file, 'child_atime_changed');
    if (dice < 0.85) return told(file, 'child_acl_changed');
    if (dice < 0.88) return told(file, 'child_extra_attrs_changed');
    if (dice < 0.94) {
      const to = { ...file, path: file.path.replace(/(\.\w+)$/, ` v2$1`) };
      this.#files[place] = to;
      return [...told(file, 'child_file_moved_from'), ...told(to, 'child_file_moved_to')];
    }
    this.#files[place] = this.#files.at(-1);
    this.#files.pop();
    return told(file, 'child_file_removed');
  }

  #create() {
    // Few projects are busy at a time: the square makes the first ones likelier.
    const project = Math.floor(this.#random() ** 2 * PROJECTS);
    const folder = FOLDERS[Math.floor(this.#random() * FOLDERS.length)];
    const extension = EXTENSIONS[Math.floor(this.#random() * EXTENSIONS.length)];
    this.#nextId += 1 + Math.floor(this.#random() * 5);
    const path = [projectPath(project), folder, `sheet ${this.#nextId % 100_000}.${extension}`]
      .filter(Boolean)
      .join('/');
    const above = path.split('/').slice(0, -1);
    const spine = ['2', '10003', ...above.map((_, n) => String(100_000 + project * 16 + n)), String(this.#nextId)];
    const file = { path, spine };
    if (this.#files.length < 50_000) this.#files.push(file);
    else this.#files[Math.floor(this.#random() * this.#files.length)] = file;
    return told(file, 'child_file_added', 'child_data_written', 'child_size_changed', 'child_mtime_changed');
  }

  /** xorshift32. */
  #random() {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }
}

function told({ path, spine }, ...types) {
  return types.map((type) => ({ type, spine, path, stream_name: null }));
}
