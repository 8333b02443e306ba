import type { AllStopParams } from './schema.ts';

/** What a stop needs, and taking it back too (FACTS 12, 14). */
export function neededPrivileges({ scope, mode, close_sessions: sessions }: AllStopParams): string[] {
  const { kind } = scope;
  const below = kind === 'cluster' || kind === 'tenant';
  return [
    ...(kind === 'tenant' || (kind === 'cluster' && mode === 'both') ? pair('TENANT') : []),
    ...(kind === 'cluster' ? [...pair('S3_SETTINGS'), ...pair('FTP')] : []),
    ...(below || kind === 'export' ? pair('NFS_EXPORT') : []),
    ...(below || kind === 'share' ? pair('SMB_SHARE') : []),
    ...(sessions ? pair('SMB_SESSION') : []),
  ];
}

function pair(name: string): string[] {
  return [`PRIVILEGE_${name}_READ`, `PRIVILEGE_${name}_WRITE`];
}
