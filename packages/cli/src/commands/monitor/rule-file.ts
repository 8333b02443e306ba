import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { errnoOf } from '../../errors/errno.ts';

/** Editors write in several steps; a file that was just touched is read when it has been quiet for this long. */
const QUIET_MS = 100;
/** What no event tells (network file systems, mounts made anew) is seen after this long. */
const POLL_MS = 5000;

const REASONS: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  ENOENT: ['is not there', 'Name it with --rules FILE. "qwarden monitor --help" shows one that is complete.'],
  EISDIR: ['is a directory', 'Name the file in it with --rules FILE.'],
  EACCES: ['cannot be read: permission denied', 'Run qwarden as a user that may read it, or change its permissions.'],
};

/** Throws CliError when it cannot be read. */
export function readRuleFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = errnoOf(error);
    const [why, remedy] = REASONS[code ?? ''] ?? [`cannot be read (${code ?? String(error)})`, 'Check the file.'];
    throw new CliError('config', `The rule file ${path} ${why}.`, { remedy, cause: error });
  }
  return ruleText(bytes, path);
}

/** A path that is read wrongly would be watched for nothing: so what is no UTF-8 is refused, with its line. Throws CliError. */
export function ruleText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const what = utf16 ? 'it is UTF-16' : 'there are bytes that are no UTF-8';
    throw new CliError('config', `${source}:${utf16 ? 1 : lineOfBadByte(bytes)}:1: The file cannot be read: ${what}.`, {
      remedy: 'Save it as UTF-8.',
    });
  }
}

/** The first line that is no UTF-8. */
function lineOfBadByte(bytes: Uint8Array): number {
  const lenient = new TextDecoder('utf-8').decode(bytes);
  const bad = lenient.indexOf('\uFFFD');
  return lenient.slice(0, bad === -1 ? 0 : bad).split('\n').length;
}

/**
 * Tells when the content of a rule file is another: a plain save, an atomic rename, or the swap of symbolic links by which Kubernetes
 * replaces a ConfigMap. The directory is watched, not the file, since two of the three give the name to another file.
 */
export class RuleFile {
  readonly #path: string;
  readonly #changed: (text: string) => void;
  readonly #unreadable: (message: string) => void;
  #hash: string;
  #broken = '';
  #watcher: FSWatcher | undefined;
  #quiet: NodeJS.Timeout | undefined;
  readonly #poll: NodeJS.Timeout;

  /** @param text what it holds now */
  constructor(
    path: string,
    text: string,
    tell: { changed: (text: string) => void; unreadable: (message: string) => void },
  ) {
    this.#path = path;
    this.#hash = hashOf(text);
    this.#changed = tell.changed;
    this.#unreadable = tell.unreadable;
    this.#watch();
    this.#poll = setInterval(() => this.look(), POLL_MS);
    this.#poll.unref();
  }

  /** Reads it now; `force`: tells also when it is the same as before (SIGHUP). */
  look(force = false): void {
    let text: string;
    try {
      text = readRuleFile(this.#path);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#broken || force) this.#unreadable(message);
      this.#broken = message;
      return;
    }
    this.#broken = '';
    const hash = hashOf(text);
    if (hash === this.#hash && !force) return;
    this.#hash = hash;
    this.#changed(text);
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#quiet);
    this.#watcher?.close();
  }

  #watch(): void {
    try {
      this.#watcher = watch(dirname(this.#path), { persistent: false }, () => {
        clearTimeout(this.#quiet);
        this.#quiet = setTimeout(() => this.look(), QUIET_MS);
        this.#quiet.unref();
      });
      // Its directory is gone: the poll goes on.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // No watches left on this machine, say: the poll is enough.
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
