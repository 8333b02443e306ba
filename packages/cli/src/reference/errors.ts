import { type ConnectionErrorKind } from '@qwarden/qumulo-client';
import { answersReference, type StateErrorKind } from '@qwarden/engine';
import { answerRemedies, connectionRemedies } from '../errors/cluster-errors.ts';
import { systemMessages } from '../errors/report.ts';
import { code, markdownTable } from './markdown.ts';

/** docs/reference/errors.md, out of the tables that make the messages. */
export function errorsReference(): string {
  const connection = Object.entries(connectionMeanings).map(([kind, meaning]) => [
    code(kind),
    meaning,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table of these
    connectionRemedies[kind as ConnectionErrorKind].replaceAll('\n', ' '),
  ]);
  const answers = Object.entries(answerRemedies).map(([status, remedy]) => [code(status), remedy]);
  const system = Object.entries(systemMessages).map(([errno, [what, remedy]]) => [code(errno), `${what}.`, remedy]);
  const state = Object.entries(stateMeanings).map(([kind, [what, remedy]]) => [code(kind), what, remedy]);
  return `${introduction}

## The cluster cannot be reached

\`qwarden: …\` on stderr, exit code 1; 2 for those that begin with \`tls-\`, since the trust must be settled first. A watch that runs tries again by itself.

${markdownTable(['kind', 'what it means', 'what to do'], connection)}

## The cluster says no

The message has the call, the status and the cluster's error class: \`GET /v1/… : 404 fs_no_such_entry_error: …\`. For a command that ends because of it, exit code 1:

${markdownTable(['status', 'what to do'], answers)}

What the same answers mean for a job of a rule (\`qwarden jobs show\`, \`qwarden dead list\`):

${answersReference()}

"Tried again" waits longer each time; when it is out of tries the job is a dead letter, and \`qwarden dead retry\` has it done when the cause is gone. \`lock\` is never out of tries while what keeps it
from its work may pass.

## The state

The ledger of \`filelock\`, the store of \`monitor\`, or its queue in Redis. Exit code 1. Nothing is done on the cluster without a record, so a state that cannot be written ends the run.

${markdownTable(['kind', 'what it means', 'what to do'], state)}

## This machine

Exit code 1; an output file that cannot be written ends the start and not a run.

${markdownTable(['code', 'what', 'what to do'], system)}

## Rules, configuration, command line

Exit code 2. A problem in a rule file has its place (\`rules.yml:8:9\`) and says what would be right; one of the configuration has the file, the line and the key. \`qwarden rules check\`,
\`qwarden … --show-config\` and \`qwarden doctor\` say the same without starting anything.

"This should not happen" is a mistake of ours: \`QWARDEN_DEBUG=1\` adds where, \`qwarden support-bundle\` gathers the rest.
`;
}

const connectionMeanings: Readonly<Record<ConnectionErrorKind, string>> = {
  dns: 'There is no such host.',
  refused: 'Nobody listens at that port.',
  reset: 'The connection was cut.',
  timeout: 'No answer came in time.',
  'tls-untrusted': 'No trusted authority vouches for the certificate; a self-signed one, usually.',
  'tls-pin-mismatch': 'It is not the certificate that is pinned.',
  'tls-name': 'It is the certificate of another host.',
  'tls-expired': 'The certificate is not valid now.',
  'not-tls': 'The port does not speak TLS.',
  'not-http': 'The port does not speak HTTP.',
  aborted: 'It was given up.',
  other: 'Something else with the connection; the message says what.',
};

const stateMeanings: Readonly<Record<StateErrorKind, readonly [what: string, remedy: string]>> = {
  'in-use': ['Another process holds it.', 'Let that one end, or give this one a state of its own.'],
  'newer-version': ['A newer qwarden wrote it.', 'Use that version: see [upgrade](../how-to/upgrade.md).'],
  'read-only': [
    'It cannot be written.',
    'Check owner and permissions of the directory; with Redis, give the address of the primary.',
  ],
  'disk-full': ['No space, or Redis is at its maxmemory.', 'Free some space and start again.'],
  corrupt: ['The file is damaged.', 'Keep it, move it away, and [restore a backup](../how-to/backup-and-restore.md).'],
  'other-cluster': ['It belongs to another cluster.', 'Give each cluster its own.'],
  'other-watch': [
    'Something is still to be done for another directory.',
    'Finish that one first, or give this one a state of its own.',
  ],
  missing: ['Nothing is there (a command that only reads).', 'Check --state-dir or --store.'],
  'no-queue': ['Something is there, and no monitor has worked with it.', 'Check --store: host, database, namespace.'],
  closed: ['It was used after its end.', 'This is a mistake of ours.'],
  emptied: [
    'Redis has lost everything while it was in use.',
    'Find out who ran FLUSHALL, or why it started without its file; then start again.',
  ],
  unavailable: ['Redis cannot be reached.', 'Check address, network, and that it runs. Who works waits for it.'],
  access: [
    'Redis refuses the password, or the user may not do what is needed.',
    'Check QWARDEN_STORE_FILE and the ACL.',
  ],
  unsuitable: [
    'Redis is too old, or set up so that it loses what it is given.',
    'Redis 7 or newer with AOF and noeviction: see [Redis](../how-to/redis.md).',
  ],
  other: ['Something else; the message says what.', 'See the message.'],
};

const introduction = `# Errors

Made from the tables that make the messages by \`scripts/generate-docs.mjs\`; do not edit. Exit codes: [exit-codes.md](exit-codes.md).

An error says what happened, to which file, and what to do next. Nothing is branched on its text: status first, class second.`;
