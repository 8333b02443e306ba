import type { Privilege, QumuloApiError } from '@qwarden/qumulo-client';
import type { RuleSet } from '../rules/rule.ts';
import type { Actions } from './port.ts';

/** A privilege that something needs. */
interface Need {
  readonly privilege: Privilege;
  /** What does instead: permissions of files, as a clause ("the files grant the user …"). Absent: nothing does. */
  readonly unless?: string;
}

/** What an action needs always, and what more when a parameter says so (the key, as it is written in a rule file). */
interface ActionNeeds {
  readonly always: readonly Need[];
  readonly when?: Readonly<Record<string, readonly Need[]>>;
}

/** The one privilege whose name is documented for what it does (FACTS 5); which call asks for which other is inferred from their names (FACTS 7, 8, 12). */
export const LOCK_PRIVILEGE = 'PRIVILEGE_FS_FILE_LOCK_WRITE' satisfies Privilege;

const files = (unless: string): readonly Need[] => [{ privilege: 'PRIVILEGE_FILE_FULL_ACCESS', unless }];
const nothing: ActionNeeds = { always: [] };

/**
 * What each action needs of the cluster: the actions name their privileges out of this table, `qwarden doctor` and the start-up checks compare
 * the user with it, and docs/reference/privileges.md is made of it.
 */
export const PRIVILEGES_OF_ACTIONS = {
  'all-stop': {
    always: [],
    when: {
      'scope: cluster': [...pair('S3_SETTINGS'), ...pair('FTP'), ...pair('NFS_EXPORT'), ...pair('SMB_SHARE')],
      'scope: cluster, mode: both': pair('TENANT'),
      'scope: tenant': [...pair('TENANT'), ...pair('NFS_EXPORT'), ...pair('SMB_SHARE')],
      'scope: export': pair('NFS_EXPORT'),
      'scope: share': pair('SMB_SHARE'),
      'close_sessions: true': pair('SMB_SESSION'),
    },
  },
  copy: { always: files('the files may be read, and the directory of the copies be written') },
  email: nothing,
  lock: {
    always: [{ privilege: LOCK_PRIVILEGE }, ...files('the files grant the user READ_ACL and WRITE_ACL')],
    when: {
      'wait_for_close: true': [
        { privilege: 'PRIVILEGE_SMB_FILE_HANDLE_READ' },
        { privilege: 'PRIVILEGE_FS_LOCK_READ' },
      ],
    },
  },
  log: nothing,
  move: { always: files('both directories may be written') },
  permissions: {
    always: files('the files grant the user WRITE_ACL and CHANGE_OWNER'),
    when: { 'owner, group or a trustee by name': [{ privilege: 'PRIVILEGE_IDENTITY_READ' }] },
  },
  publish: nothing,
  quarantine: { always: files('both directories may be written, and the files grant the user WRITE_ACL') },
  rename: { always: files('the directories may be written') },
  run: nothing,
  snapshot: { always: [{ privilege: 'PRIVILEGE_SNAPSHOT_READ' }, { privilege: 'PRIVILEGE_SNAPSHOT_WRITE' }] },
  tag: { always: files('the files may be written') },
  webhook: nothing,
} as const satisfies Record<string, ActionNeeds>;

type Table = typeof PRIVILEGES_OF_ACTIONS;
type WhenOf<A extends keyof Table> = Table[A] extends { when: infer W } ? keyof W : never;

/** Privileges of an action: what it needs always, and what those parameters need that are given. */
export function needsOf<A extends keyof Table>(action: A, given: Partial<Record<WhenOf<A>, boolean>> = {}): string[] {
  const needs: ActionNeeds = PRIVILEGES_OF_ACTIONS[action];
  const more = Object.entries<boolean | undefined>(given).flatMap(([when, is]) =>
    is === true ? (needs.when?.[when] ?? []) : [],
  );
  return [...new Set([...needs.always, ...more].map(({ privilege }) => privilege))];
}

/**
 * What watching needs. Which privilege a recursive watch asks for is not known by its name (FACTS 6.1: "Data-Administrators"): of those that
 * there are, this one is nearest, and that is what the start-up checks find out by trying.
 */
export const PRIVILEGES_OF_WATCHING = {
  recursive: ['PRIVILEGE_FILE_FULL_ACCESS', 'PRIVILEGE_FS_SETTINGS_READ'],
  flat: ['PRIVILEGE_FILE_READ_ACCESS'],
} as const satisfies Record<string, readonly Privilege[]>;

/** A privilege, and who asks for it. */
export interface WantedPrivilege {
  readonly privilege: string;
  /** For people: `the action lock (rule "worm")`. */
  readonly by: string;
  /** See `Need`: without the privilege it works where this holds. */
  readonly unless?: string | undefined;
}

/** What the rules in force need, each privilege once. */
export function privilegesOfRules(rules: RuleSet['rules'], actions: Actions): WantedPrivilege[] {
  const wanted = new Map<string, { by: Map<string, Set<string>>; unless: Set<string> | undefined }>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    for (const { action, params } of rule.do) {
      for (const privilege of actions[action]?.privileges(params) ?? []) {
        const known = wanted.get(privilege) ?? { by: new Map<string, Set<string>>(), unless: new Set<string>() };
        const instead = insteadOf(action, privilege);
        if (instead === undefined) known.unless = undefined;
        else known.unless?.add(instead);
        known.by.set(action, (known.by.get(action) ?? new Set()).add(rule.name));
        wanted.set(privilege, known);
      }
    }
  }
  return [...wanted].map(([privilege, { by, unless }]) => ({
    privilege,
    by: [...by].map(([action, names]) => `the action ${action} (${shortList([...names])})`).join(', '),
    unless: unless === undefined ? undefined : [...unless].join('; '),
  }));
}

/** The same for `filelock`, whose one rule has the action lock. */
export function privilegesOfFilelock(waitForClose: boolean): WantedPrivilege[] {
  return needsOf('lock', { 'wait_for_close: true': waitForClose }).map((privilege) => ({
    privilege,
    by: 'filelock',
    unless: insteadOf('lock', privilege),
  }));
}

function insteadOf(action: string, privilege: string): string | undefined {
  const needs: ActionNeeds | undefined = Object.hasOwn(PRIVILEGES_OF_ACTIONS, action)
    ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just looked
      PRIVILEGES_OF_ACTIONS[action as keyof Table]
    : undefined;
  return needs?.always.find((need) => need.privilege === privilege)?.unless;
}

const MOST_NAMES = 3;

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return `rule${names.length === 1 ? '' : 's'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The privilege that the cluster says was lacking, where it says one (its words are not documented): for people only. */
export function privilegeNamedIn({ description }: QumuloApiError): string | undefined {
  return /\bPRIVILEGE_[A-Z0-9_]+/.exec(description)?.[0];
}

/** The command of Qumulo's `qq` that grants privileges to a role that is there (SDK-CALLS: auth_modify_role). */
export function grantCommand(role: string, privileges: readonly string[]): string {
  return `qq auth_modify_role --role ${quoted(role)} --grant ${privileges.join(' ')}`;
}

/** The commands that make a role and give it to a user. */
export function newRoleCommands(role: string, privileges: readonly string[], trustee: string): string[] {
  return [
    `qq auth_create_role --role ${quoted(role)} --description ${quoted('qwarden')}`,
    grantCommand(role, privileges),
    `qq auth_assign_role --role ${quoted(role)} --trustee ${quoted(trustee)}`,
  ];
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w:@.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

type Area = 'S3_SETTINGS' | 'FTP' | 'NFS_EXPORT' | 'SMB_SHARE' | 'SMB_SESSION' | 'TENANT';

function pair(name: Area): readonly Need[] {
  return [{ privilege: `PRIVILEGE_${name}_READ` }, { privilege: `PRIVILEGE_${name}_WRITE` }];
}

/** What an action of the table needs, as a cell of the reference. */
export function needsInWords(action: string): string {
  const table: Readonly<Record<string, ActionNeeds>> = PRIVILEGES_OF_ACTIONS;
  const { always, when = {} } = table[action] ?? nothing;
  const parts = always.map(
    ({ privilege, unless }) => `\`${privilege}\`${unless === undefined ? '' : `, unless ${unless}`}`,
  );
  const more = Object.entries(when).map(
    ([parameter, needs]) => `with \`${parameter}\`: ${needs.map(({ privilege }) => `\`${privilege}\``).join(' ')}`,
  );
  return [...parts, ...more].join('<br>') || 'none';
}
