import { randomBytes } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Secrets that are looked for in everything that comes out. */
export class Planted {
  readonly #cores = new Map<string, string>();

  /** A new secret: letters that stand nowhere else, between characters that need escaping in URLs, JSON, YAML or INI files. */
  plant(name: string, { before = '', after = '' }: { before?: string; after?: string } = {}): string {
    const core = `S3cret${randomBytes(15).toString('hex')}`;
    this.#cores.set(name, core);
    return `${before}${core}${after}`;
  }

  /** One that somebody else has made up. */
  add(name: string, secret: string): string {
    this.#cores.set(name, secret);
    return secret;
  }

  /** Names of the secrets that stand in it: as they are, in hexadecimal, or in base64, wherever in what was encoded. */
  foundIn(content: string | Uint8Array): string[] {
    const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
    return [...this.#cores].flatMap(([name, core]) =>
      formsOf(core).some((form) => text.includes(form)) ? [name] : [],
    );
  }
}

function formsOf(core: string): string[] {
  const bytes = Buffer.from(core);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // Only the digits that nothing before or behind it has a part in.
    const whole = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(whole)];
  });
  return [core, hex, hex.toUpperCase(), ...base64];
}

/** Files below a directory with what is in them, archives opened; those of which `leaveOut` says so are not looked into. */
export function* contentsBelow(
  directory: string,
  leaveOut: (path: string) => boolean,
): Generator<[string, Uint8Array]> {
  const entries: Dirent[] = readdirSync(directory, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || leaveOut(path)) continue;
    const bytes = readFileSync(path);
    yield [path, /\.t?gz$/.test(path) ? gunzipSync(bytes) : bytes];
  }
}

/** Command lines of the processes that work in this directory, as `ps` shows them. */
export function commandLinesIn(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/cwd`) !== directory) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        // It has ended, or is not ours.
        return [];
      }
    });
}
