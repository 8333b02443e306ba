import { readFileSync } from 'node:fs';
import { DEFAULT_SECTION, parseIni } from '../../config/ini/parse.ts';
import { changeIni, type IniChanges, writePrivateFile } from '../../config/ini/write.ts';
import type { ClusterAddress } from '../../connect/cluster-settings.ts';
import { errnoOf } from '../../errors/errno.ts';
import type { Answers } from './answers.ts';

export interface Configuration {
  address: ClusterAddress;
  login: NonNullable<Answers['login']>;
  /** Fingerprint to trust from now on; without one the key is taken away. */
  pinned: string | undefined;
}

/** Writes the settings into the file, keeping everything else in it, in the form that the file already has. */
export async function saveConfiguration(file: string, configuration: Configuration): Promise<void> {
  const text = readText(file);
  const isSample = parseIni(text, file).ownEntry('CLUSTER', 'CLUSTER_ADDRESS') !== undefined;
  const changes = isSample ? sampleChanges(configuration) : scriptChanges(configuration);
  await writePrivateFile(file, changeIni(text, file, changes, isSample ? 'CLUSTER' : DEFAULT_SECTION));
}

/** `[DEFAULT]` of the filelock script. */
function scriptChanges({ address, login, pinned }: Configuration): IniChanges {
  const token = 'accessToken' in login ? login.accessToken : undefined;
  const user = 'accessToken' in login ? undefined : login;
  return new Map([
    ['API_HOST', address.host],
    ['API_PORT', String(address.port)],
    ['USERNAME', user?.username],
    ['PASSWORD', user?.password],
    ['ACCESS_TOKEN', token],
    ['TLS_FINGERPRINT', pinned],
  ]);
}

/** `[CLUSTER]` of the event monitor's sample: the port stands in the address unless it is 443. */
function sampleChanges({ address, login, pinned }: Configuration): IniChanges {
  const token = 'accessToken' in login ? login.accessToken : undefined;
  const user = 'accessToken' in login ? undefined : login;
  return new Map([
    ['CLUSTER_ADDRESS', address.port === 443 ? address.host : `${address.host}:${address.port}`],
    ['TOKEN', token],
    ['USERNAME', user?.username],
    ['PASSWORD', user?.password],
    ['TLS_FINGERPRINT', pinned],
  ]);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
