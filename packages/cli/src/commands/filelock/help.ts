import { BUILTIN_EXCLUDES } from '@qwarden/engine';

/** What stands below the options in `qwarden filelock --help`. */
export function filelockNotes(): string {
  const width = Math.max(...BUILTIN_EXCLUDES.map(({ glob }) => glob.length));
  const excludes = BUILTIN_EXCLUDES.map(({ glob, why }) => `  ${glob.padEnd(width)}  ${why}`);
  return `
Every option can also be set in the environment (QWARDEN_RETENTION=7y, QWARDEN_PASSWORD_FILE=/run/secrets/pw) and in the
configuration file (RETENTION = 7y). Flag over environment over file over default; --show-config says where each value
comes from. Flags may be shortened as in the earlier Python script (--dir).

Files left alone by default, compared without case (--no-builtin-excludes turns this off):
${excludes.join('\n')}

A retention lock can never be shortened, and a file under one cannot be changed or deleted by anybody. Try --dry-run first.

Under systemd --run-as-daemon is not needed: use Type=exec, ExecStart=/usr/bin/qwarden filelock --config-file … and let the
journal keep the messages.

Signals: SIGINT and SIGTERM finish what is in flight, print a summary and end (a second one ends at once); SIGHUP opens
the file of --output anew.

Exit codes:
  0  asked to stop, and stopped; what is pending stays in the ledger for the next start
  1  could not start or could not go on: cluster, login, privileges, state directory
  2  the command line, the configuration or the trust in the cluster's certificate must be corrected first
  3  asked to stop, and stopped, but some files could not be locked ("qwarden locks list --failed")

Examples:
  qwarden filelock --directory-path /records --recursive --retention 7y --dry-run
  qwarden filelock --directory-path /records --recursive --retention 7y --output /var/log/filelock.log
  qwarden filelock --file-id 1003 --interval 0 --legal-hold`;
}
