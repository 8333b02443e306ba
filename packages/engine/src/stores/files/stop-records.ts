import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@qwarden/qumulo-client';
import type { StopRecord } from '../../actions/all-stop/record.ts';
import type { KeptStops, StopRecords } from '../../actions/all-stop/records.ts';
import { oneAtATime } from '../../actions/files/one-at-a-time.ts';
import { makeDirectory } from '../make-directory.ts';
import { giveDirectoryTo, giveTo, type Owner, ownerOf } from '../owner.ts';
import { keptStops, readStop } from '../stop-text.ts';
import { toStateError } from '../sqlite/errors.ts';
import { lockStateDir } from '../sqlite/process-lock.ts';

/** A process waits for itself here; for others there is the lock in the directory. */
const inThisProcess = {};

/** Stops in a state directory: a JSON file each, below `all-stop`, readable by its owner only. */
export function fileStopRecords(stateDir: string, clock: Clock): StopRecords {
  const directory = join(stateDir, 'all-stop');
  return {
    list: () => listIn(directory),
    save: (record) => save(directory, record),
    exclusively: (task) =>
      oneAtATime(inThisProcess, directory, async () => {
        makeOurs(directory);
        const lock = await lockStateDir(directory, clock);
        try {
          return await task();
        } finally {
          lock.release();
        }
      }),
  };
}

async function listIn(directory: string): Promise<KeptStops> {
  const names = (await namesIn(directory)).filter((one) => one.endsWith('.json'));
  const paths = names.map((name) => join(directory, name));
  return keptStops(await Promise.all(paths.map(async (path) => ({ path, stop: await readOne(path) }))));
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw toStateError(error, directory);
  }
}

async function readOne(path: string): Promise<StopRecord | string> {
  try {
    return readStop(await readFile(path, 'utf8'));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Of the owner of the state directory that it is in, also when an administrator makes it. */
function makeOurs(directory: string): void {
  try {
    if (ownerOf(directory) !== undefined) return;
    makeDirectory(directory, 0o700);
    giveDirectoryTo(ownerOf(dirname(directory)), directory);
  } catch (error) {
    throw toStateError(error, directory);
  }
}

/** The old one or the new one is there, whatever happens, and is of the same owner. */
async function save(directory: string, record: StopRecord): Promise<void> {
  const path = join(directory, `${record.id}.json`);
  const beside = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    makeOurs(directory);
    try {
      const owner = ownerOf(path) ?? ownerOf(directory);
      await writeDurably(beside, `${JSON.stringify(record, undefined, 2)}\n`, owner);
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await syncDirectory(directory);
  } catch (error) {
    throw toStateError(error, path);
  }
}

async function writeDurably(path: string, text: string, owner: Owner | undefined): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    giveTo(owner, file.fd);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
