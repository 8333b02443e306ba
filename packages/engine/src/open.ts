import type { FileRef, QumuloClient } from '@qwarden/qumulo-client';
import type { FilelockPolicy } from './filelock/policy.ts';
import type { StartupReport } from './filelock/startup-types.ts';
import type { Filelock, FilelockDeps, FilelockOptions } from './filelock/types.ts';
import type { Ledger, VerifyOptions, VerifyRow } from './ledger/types.ts';

export function openFilelock(options: FilelockOptions, deps: FilelockDeps): Promise<Filelock> {
  return Promise.reject(new Error(`not built yet ${options.stateDir} ${typeof deps}`));
}
export function openLedger(stateDir: string): Promise<Ledger> {
  return Promise.reject(new Error(`not built yet ${stateDir}`));
}
export function verifyLedger(
  _ledger: Ledger,
  _client: QumuloClient,
  _options: VerifyOptions = {},
): AsyncIterable<VerifyRow> {
  throw new Error('not built yet');
}
export function startupChecks(
  _client: QumuloClient,
  _options: { watch: { ref: FileRef; recursive: boolean }; policy: FilelockPolicy },
): Promise<StartupReport> {
  return Promise.reject(new Error('not built yet'));
}
