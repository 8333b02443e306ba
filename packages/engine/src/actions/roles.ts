import { needsOf, newRoleCommands, PRIVILEGES_OF_ACTIONS, PRIVILEGES_OF_WATCHING } from './privileges.ts';

/** A role that is least for one way to run qwarden. */
interface DocumentedRole {
  readonly name: string;
  /** What logs in with it, and what for. A sentence. */
  readonly serves: string;
  readonly privileges: readonly string[];
}

const { recursive, flat } = PRIVILEGES_OF_WATCHING;

/** The roles of docs/reference/privileges.md; rules with other actions need what the table there says, beside `qwarden-worker` or `qwarden-monitor`. */
const DOCUMENTED_ROLES: readonly DocumentedRole[] = [
  role(
    'qwarden-filelock',
    '`qwarden filelock --recursive`: watches, and sets retention locks.',
    recursive,
    needsOf('lock'),
  ),
  role(
    'qwarden-filelock-flat',
    '`qwarden filelock` on one directory, where its files grant the user READ_ACL and WRITE_ACL.',
    flat,
    needsOf('lock').filter((name) => name !== 'PRIVILEGE_FILE_FULL_ACCESS'),
  ),
  role(
    'qwarden-watcher',
    '`qwarden monitor --role watcher`: watches and decides, and changes nothing on the cluster.',
    recursive,
  ),
  role(
    'qwarden-worker',
    '`qwarden monitor --role worker` with rules that lock, move, copy, rename, tag, quarantine or change permissions. Watches nothing.',
    needsOf('lock'),
    needsOf('quarantine'),
  ),
  role(
    'qwarden-monitor',
    '`qwarden monitor` as one process that does both.',
    recursive,
    needsOf('lock'),
    needsOf('quarantine'),
  ),
  role(
    'qwarden-all-stop',
    'A worker whose rules stop the cluster (`all-stop`) and do nothing else, and whoever takes it back with `qwarden all-stop resume`.',
    flat,
    needsOf('all-stop', {
      'scope: cluster': true,
      'scope: cluster, mode: both': true,
      'close_sessions: true': true,
    }),
  ),
];

function role(name: string, serves: string, ...privileges: readonly (readonly string[])[]): DocumentedRole {
  return { name, serves, privileges: [...new Set(privileges.flat())] };
}

/** Whom the documentation gives roles to. */
const DOCUMENTED_USER = 'qwarden';

/** docs/reference/privileges.md */
export function privilegesReference(): string {
  const roles = DOCUMENTED_ROLES.map(
    ({ name, serves, privileges }) =>
      `### ${name}\n\n${serves}\n\n\`\`\`sh\n${newRoleCommands(name, privileges, `local:${DOCUMENTED_USER}`).join('\n')}\n\`\`\``,
  );
  const parts = [
    INTRODUCTION,
    `## Roles\n\n${ROLES}\n\n${roles.join('\n\n')}`,
    `## Watching\n\n${watching()}`,
    `## Actions\n\n${ACTIONS}\n\n${actions()}`,
    SURE,
  ];
  return `${parts.join('\n\n')}\n`;
}

function watching(): string {
  return [
    '| watch | privileges | works without where |',
    '|---|---|---|',
    `| with subdirectories | ${list(recursive)} | nowhere as far as is known; without \`PRIVILEGE_FS_SETTINGS_READ\` only the check whether recursive notifications are on is left out, with a warning |`,
    `| one directory | ${list(flat)} | the directory may be read |`,
  ].join('\n');
}

interface Shown {
  readonly privilege: string;
  readonly unless?: string;
}

function actions(): string {
  const lines = Object.entries(PRIVILEGES_OF_ACTIONS).flatMap(([action, needs]) => {
    const always: readonly Shown[] = needs.always;
    const more: Readonly<Record<string, readonly Shown[]>> = 'when' in needs ? needs.when : {};
    if (always.length === 0 && Object.keys(more).length === 0) return [`| ${action} | | nothing | |`];
    return [...(always.length === 0 ? [] : [['', always] as const]), ...Object.entries(more)].flatMap(
      ([when, needed]) =>
        needed.map(
          ({ privilege, unless = '' }) =>
            `| ${action} | ${when === '' ? '' : `\`${when}\``} | \`${privilege}\` | ${unless} |`,
        ),
    );
  });
  return ['| action | when | privilege | works without where |', '|---|---|---|---|', ...lines].join('\n');
}

function list(privileges: readonly string[]): string {
  return privileges.map((name) => `\`${name}\``).join(', ');
}

const INTRODUCTION = `# Privileges and roles

Made from the table in \`packages/engine/src/actions/privileges.ts\` by \`scripts/generate-docs.mjs\`; do not edit.

What the user of qwarden must be allowed to do on the cluster, and no more. [How to set it up](../how-to/least-privilege.md). \`qwarden doctor\` compares the user
with what the settings and the rules need, names each privilege that is lacking, and prints the command that grants it.`;

const ROLES = `For a local user \`${DOCUMENTED_USER}\` that is there. Where the watcher and the workers log in as different users, give each its own role.
A role reaches a user only with a new login: restart qwarden after a change.`;

const ACTIONS = `Grant what the actions of your rules need, and leave out what none of them needs. Where the last column is filled, permissions of the files do instead of the privilege:
then the user gets by with less than access to everything.`;

const SURE = `## How sure this is

- \`PRIVILEGE_FS_FILE_LOCK_WRITE\` is documented for retention locks, and so is that \`WRITE_ACL\` on the file is needed beside it.
- Which privilege the other calls ask for is inferred from the names: Qumulo's documentation has no list. The start-up checks therefore only warn of those.
- A recursive watch needs, in the words of the documentation, the privilege \`DATA_ADMINISTRATOR\`, which no release lists under that name. \`PRIVILEGE_FILE_FULL_ACCESS\` is the
  nearest; if your cluster refuses the watch all the same, \`qwarden doctor\` shows its words, and the built-in role Data-Administrators is the way out:
  \`qq auth_assign_role --role Data-Administrators --trustee local:${DOCUMENTED_USER}\`.
- When an access token expires, the cluster tells only to who may see tokens (\`PRIVILEGE_ACCESS_TOKENS_READ\`). That is everybody's tokens: leave it out, and put the
  date into your calendar. \`qwarden doctor\` then says that it cannot tell (exit code 3).`;
