import { needsOf } from '../privileges.ts';
import type { AllStopParams } from './schema.ts';

/** What a stop needs, and taking it back too (FACTS 12, 14). */
export function neededPrivileges({ scope, mode, close_sessions: sessions }: AllStopParams): string[] {
  const { kind } = scope;
  return needsOf('all-stop', {
    'scope: cluster': kind === 'cluster',
    'scope: cluster, mode: both': kind === 'cluster' && mode === 'both',
    'scope: tenant': kind === 'tenant',
    'scope: export': kind === 'export',
    'scope: share': kind === 'share',
    'close_sessions: true': sessions,
  });
}
