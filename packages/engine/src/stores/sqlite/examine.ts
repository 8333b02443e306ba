import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Finding, findingsOf } from '../../examine/finding.ts';
import { oneLine } from '../../text/one-line.ts';
import { readClusterId } from './cluster-id.ts';
import { openForReading, STATE_FILE } from './database.ts';
import { toStateError } from './errors.ts';

const MIB = 1024 ** 2;
/** Below it the next burst may stop everything, or soon. */
const SPACE = { failed: 100 * MIB, warning: 1024 * MIB };
const FEW_INODES = 1000;
/** A larger file is read through only once: the thorough check takes minutes then. */
const THOROUGH_BELOW = 512 * MIB;
const MOST_DAMAGES = 5;

const directory = findingsOf('state-directory');
const space = findingsOf('disk-space');
const integrity = findingsOf('store-integrity');
const owner = findingsOf('store-cluster');

/**
 * Looks at a state directory without changing anything, also beside a process that works with it.
 * @param clusterId of the cluster that it is to be used for, when that is known
 */
export function examineStateDir(stateDir: string, clusterId: string | undefined): Finding[] {
  const found = [usable(stateDir), room(nearest(stateDir))];
  try {
    accessSync(join(stateDir, STATE_FILE), constants.R_OK);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') {
      found.push(integrity.unknown(`The state in ${stateDir} cannot be read by this user (${codeOf(error)}).`));
      return found;
    }
    found.push(integrity.skipped(`There is no state in ${stateDir} yet: the first start makes it.`));
    return found;
  }
  try {
    const { db, path } = openForReading(stateDir);
    try {
      found.push(whole(db, path));
      found.push(...sameCluster(db, path, clusterId));
    } finally {
      db.close();
    }
  } catch (error) {
    const { message } = toStateError(error, join(stateDir, STATE_FILE));
    found.push(
      integrity.failed(oneLine(message), 'See the message; what can be read of it, "qwarden locks list" shows.'),
    );
  }
  return found;
}

function usable(stateDir: string): Finding {
  const there = existsSync(stateDir);
  const place = nearest(stateDir);
  try {
    if (!statSync(place).isDirectory()) {
      return directory.failed(
        `${place} is not a directory.`,
        'Name another place with --state-dir (the monitor: --store sqlite:DIR).',
      );
    }
    // oxlint-disable-next-line no-bitwise -- permissions are bits
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = codeOf(error);
    const me = process.getuid?.();
    const whose =
      me === undefined || code !== 'EACCES' ? '' : `; it belongs to user ${statSync(place).uid}, and user ${me} asks`;
    return directory.failed(
      `${place} cannot be written by this user (${code}${whose}).`,
      'Run doctor as the user that qwarden runs as; correct owner, permissions or the mount, or name another place.',
    );
  }
  if (!there) return directory.ok(`${stateDir} is not there yet, and can be made.`);
  const { uid, mode } = statSync(stateDir);
  const me = process.getuid?.() ?? uid;
  const others = foreign(stateDir, me);
  if (others !== undefined) return others;
  // oxlint-disable-next-line no-bitwise -- permissions are bits
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0;
  // A volume that a group may write to is somebody else's to guard; our files in it are for us alone.
  if (open && me === uid) {
    return directory.warning(
      `${stateDir} is open to other users of this machine: names of files stand in it.`,
      `chmod 700 ${stateDir}`,
    );
  }
  return directory.ok(`${stateDir} can be written${open ? '' : ', and only by this user'}.`);
}

/** Somebody once ran qwarden as another user: what one of them has made the other may not be able to write. */
function foreign(stateDir: string, me: number): Finding | undefined {
  const owners = readdirSync(stateDir).flatMap((name) => {
    const path = join(stateDir, name);
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined || found.uid === me ? [] : [{ path, uid: found.uid }];
  });
  // Root may write to all of it, and leaves files there that nobody else may write to.
  const above = statSync(stateDir).uid;
  if (me === 0 && above !== 0) owners.push({ path: stateDir, uid: above });
  const [first] = owners;
  if (first === undefined) return undefined;
  const message = `${first.path} belongs to user ${first.uid} of this machine, and user ${me} asks now.`;
  const remedy = `Run doctor as the user that qwarden runs as; if that is ${me}, make all of it his: chown -R ${me} ${stateDir}`;
  const shut = owners.some(({ path }) => !mayWrite(path));
  return shut ? directory.failed(`${message} It cannot be written.`, remedy) : directory.warning(message, remedy);
}

function mayWrite(path: string): boolean {
  try {
    // oxlint-disable-next-line no-bitwise -- permissions are bits
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** The directory itself, or the one above it that is there. */
function nearest(path: string): string {
  const above = dirname(path);
  return existsSync(path) || above === path ? path : nearest(above);
}

function room(place: string): Finding {
  const { bavail, bsize, files, ffree } = statfsSync(place);
  const free = bavail * bsize;
  const words = `${Math.floor(free / MIB).toLocaleString('en')} MiB free for ${place}`;
  const remedy = 'Make room: without it nothing is done on the cluster, since nothing is done without a record.';
  if (free < SPACE.failed) return space.failed(`Only ${words}.`, remedy);
  if (free < SPACE.warning) return space.warning(`Only ${words}.`, remedy);
  if (files > 0 && ffree < FEW_INODES)
    return space.warning(`Only ${ffree} inodes left on the file system of ${place}.`, remedy);
  return space.ok(`${words}.`);
}

function whole(db: DatabaseSync, path: string): Finding {
  const { size } = statSync(path);
  const pragma = size < THOROUGH_BELOW ? 'integrity_check' : 'quick_check';
  const rows = db.prepare(`PRAGMA ${pragma}(${MOST_DAMAGES})`).all();
  const damages = rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  if (damages.length === 0) {
    return integrity.ok(`${path} is whole (${Math.ceil(size / 1024).toLocaleString('en')} KiB, ${pragma}).`);
  }
  return integrity.failed(
    `${path} is damaged: ${oneLine(damages.join('; '))}`,
    'Stop qwarden, keep the file for inspection and move it away; the next start makes a new one and walks through the watched directory. Look at the disk.',
  );
}

function sameCluster(db: DatabaseSync, path: string, clusterId: string | undefined): Finding[] {
  const known = readClusterId(db);
  if (clusterId === undefined || clusterId === '' || known === null || known === '') return [];
  if (known === clusterId) return [owner.ok('The state belongs to this cluster.')];
  const message = `The state in ${path} belongs to another cluster (${known}, and this is ${clusterId}).`;
  return [
    owner.failed(
      message,
      'Name another place with --state-dir (the monitor: --store sqlite:DIR), or correct the host.',
    ),
  ];
}
