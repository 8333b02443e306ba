import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { errnoOf } from '../../errors/errno.ts';

/** Editors write in several steps; a file that was just touched is read when it has been quiet for this long. */
const QUIET_MS = 100;
/** What no event tells (network file systems, mounts made anew) is seen after this long. */
const POLL_MS = 5000;

/** Throws CliError when it cannot be read. */
export function readRuleFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = errnoOf(error);
    const missing = code === 'ENOENT';
    throw new CliError(
      'config',
      `The rule file ${path} ${missing ? 'is not there' : `cannot be read (${code ?? String(error)})`}.`,
      {
        remedy: missing
          ? 'Name it with --rules FILE. "qwarden monitor --help" shows one that is complete.'
          : 'Check its permissions.',
        cause: error,
      },
    );
  }
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
