import { closeSync, mkdirSync, openSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import { CliError } from '../../errors/cli-error.ts';
import { errnoOf } from '../../errors/errno.ts';

/** Where the bundle goes: taken before anything is gathered, for this user alone. */
export interface Target {
  write(files: ReadonlyMap<string, string>): void;
  /** Takes it away again: nothing was written. */
  forget(): void;
}

const OURS = { file: 0o600, directory: 0o700 } as const;

/** Throws CliError when it is there already; rejects with the file system's error when it cannot be made. */
export function claimPlace(path: string): Target {
  try {
    return /\.(?:tar\.gz|tgz)$/.test(path) ? archive(path) : directory(path);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new CliError('usage', `${path} is there already.`, {
      remedy: 'Name another place, or take it away.',
      cause: error,
    });
  }
}

function archive(path: string): Target {
  closeSync(openSync(path, 'wx', OURS.file));
  const root = path.replace(/^.*[\\/]/, '').replace(/\.(?:tar\.gz|tgz)$/, '');
  return {
    write(files) {
      const items = [...files].map(([name, data]) => ({ name: `${root}/${name}`, data }));
      const tar = createTar(items, { attrs: { mode: '600', uid: 0, gid: 0 } });
      writeFileSync(path, gzipSync(tar));
    },
    forget: () => unlinkSync(path),
  };
}

function directory(path: string): Target {
  mkdirSync(path, OURS.directory);
  return {
    write(files) {
      for (const [name, data] of files) writeFileSync(join(path, name), data, { mode: OURS.file, flag: 'wx' });
    },
    forget: () => rmSync(path, { recursive: true }),
  };
}
