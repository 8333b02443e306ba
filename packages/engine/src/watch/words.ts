import { QumuloApiError } from '@qwarden/qumulo-client';

/** The watch cannot go on. The message is for people. */
export class WatchEndedError extends Error {
  override readonly name = 'WatchEndedError';
  readonly code = 'QWARDEN_WATCH_ENDED';
}

/** What ends a run, in words. */
export function fatalWords(
  error: unknown,
  path: string,
  recursive: boolean,
): { reason: string; remedy: string; error: Error } {
  if (error instanceof QumuloApiError) {
    const reason = `The cluster refuses to watch ${path}: ${error.status} ${error.errorClass}: ${error.description}`;
    const remedy = recursive
      ? 'Watching subdirectories needs recursive change notifications to be enabled on the cluster (qq fs_set_notify_settings) and a user with a role with PRIVILEGE_FILE_FULL_ACCESS (if the cluster asks for more, Data-Administrators). Without --recursive it needs read permission on the directory only.'
      : 'The user needs read permission on the directory, or a role with PRIVILEGE_FILE_READ_ACCESS.';
    return { reason, remedy, error: new WatchEndedError(`${reason} ${remedy}`, { cause: error }) };
  }
  if (error instanceof Error && error.name === 'StateError') {
    const gone = 'code' in error && 'kind' in error && error.kind === 'emptied';
    const remedy = gone
      ? 'What was pending is lost with it. Bring its data back before the next start if you can: otherwise that begins anew, and takes what is there by then for old.'
      : 'What was pending is found again at the next start: nothing is lost.';
    return { reason: error.message, remedy, error };
  }
  const told = error instanceof Error ? error : new Error(String(error));
  return { reason: told.message, remedy: 'This is a bug in qwarden: please report it with this message.', error: told };
}
