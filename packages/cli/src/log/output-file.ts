import { makeDirectory } from '@qwarden/engine';
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../errors/errno.ts';

export interface OutputFileOptions {
  path: string;
  /** Rotate before the file would become larger than this many bytes; absent = never. */
  maxBytes?: number | undefined;
  /** Rotated files to keep: `path.1` is the newest. */
  keep: number;
  /** Called once when writing starts to fail (a full disk, say), and once when it works again. */
  onTrouble: (message: string) => void;
}

/**
 * A log file that is appended to. Writes are synchronous: what was said is in the file, whatever happens next.
 * A full disk never stops the caller: lines are counted as lost until writing works again.
 */
export class OutputFile {
  private readonly options: OutputFileOptions;
  private fd: number;
  private size: number;
  private lost = 0;

  /** Throws when the file cannot be opened. */
  constructor(options: OutputFileOptions) {
    this.options = options;
    makeDirectory(dirname(options.path));
    this.fd = openSync(options.path, 'a', 0o600);
    this.size = fstatSync(this.fd).size;
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    try {
      const limit = this.options.maxBytes;
      if (limit !== undefined && this.size > 0 && this.size + bytes.length > limit) this.rotate();
      this.append(bytes);
      if (this.lost > 0) this.recovered();
    } catch (error) {
      this.lost++;
      if (this.lost === 1)
        this.options.onTrouble(`cannot write to ${this.options.path} (${errnoOf(error) ?? String(error)})`);
    }
  }

  /** Opens the path anew: whoever rotates logs has moved the old file away (SIGHUP). */
  reopen(): void {
    try {
      const next = openSync(this.options.path, 'a', 0o600);
      closeSync(this.fd);
      this.fd = next;
      this.size = fstatSync(next).size;
    } catch (error) {
      this.options.onTrouble(
        `cannot reopen ${this.options.path} (${errnoOf(error) ?? String(error)}); going on with the old file`,
      );
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  private append(bytes: Buffer): void {
    let written = 0;
    while (written < bytes.length) {
      const count = writeSync(this.fd, bytes, written);
      written += count;
      this.size += count;
    }
  }

  private rotate(): void {
    const { path, keep } = this.options;
    rmSync(`${path}.${keep}`, { force: true });
    for (let number = keep - 1; number >= 1; number--) moveIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    moveIfThere(path, `${path}.1`);
    this.reopen();
  }

  private recovered(): void {
    const lost = this.lost;
    this.lost = 0;
    this.options.onTrouble(`writing to ${this.options.path} works again; ${lost} lines were lost`);
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
