import type { DocumentedCommand } from '../options/reference.ts';
import { flagOf, iniKeysOf, negatedFlagOf, type OptionDefinition, variablesOf } from '../options/definition.ts';
import { code, markdownTable } from './markdown.ts';

/** docs/reference/configuration.md: every key of the file, with the flag and the variables that say the same. */
export function configurationReference(commands: readonly DocumentedCommand[]): string {
  const keys = new Map<
    string,
    { readonly name: string; readonly option: OptionDefinition; readonly in: Set<string> }
  >();
  for (const { name: command, table, prefix } of commands) {
    if (!table['configFile'] || prefix !== 'QWARDEN_') continue;
    for (const [name, option] of Object.entries(table)) {
      const key = iniKeysOf(name, option).at(-1);
      if (key === undefined) continue;
      const known = keys.get(key);
      if (known) known.in.add(command);
      else keys.set(key, { name, option, in: new Set([command]) });
    }
  }
  const all = commands.filter(({ table, prefix }) => table['configFile'] && prefix === 'QWARDEN_').length;
  const rows = [...keys]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { name, option, in: used }]) => [
      [key, ...iniKeysOf(name, option).filter((other) => other !== key)].map(code).join(', '),
      code(`--${option.default === true ? negatedFlagOf(name) : flagOf(name)}`),
      variablesOf('QWARDEN_', name, option)
        .flatMap((variable) => (option.secret ? [variable, `${variable}_FILE`] : [variable]))
        .map(code)
        .join(', '),
      `${option.description}.`,
      used.size === all ? 'all' : [...used].map(code).join(', '),
    ]);
  return `${introduction}

${markdownTable(['key', 'flag', 'environment', 'meaning', 'read by'], rows)}
`;
}

const introduction = `# Configuration

Made from the option table in \`packages/cli/src/options/table/\` by \`scripts/generate-docs.mjs\`; do not edit.

Three places can say a setting: a flag, an environment variable, a key in the configuration file; in this order, and then the default. \`--show-config\` prints each value with where it came
from. Secrets can stand in a file of their own: \`QWARDEN_…_FILE\`, \`--…-file\`.

The file is in the format of Python's \`configparser\`, as the earlier scripts have it, so that theirs work as they are:

\`\`\`ini
[DEFAULT]
API_HOST = cluster.example.com
API_PORT = 8000
USERNAME = svc-qwarden
PASSWORD = …
TLS_FINGERPRINT = AA:BB:…
\`\`\`

\`qwarden configure\` writes it, with mode 0600. Keys may be in upper or lower case. \`yes\`, \`true\`, \`on\`, \`1\` and their opposites are booleans; a list has one item a line. \`qwarden filelock\`
looks for \`qfs_filelock_config.ini\` in the current directory; \`qwarden monitor\` and what belongs to it for \`cn_monitor.conf\` (with its section \`[CLUSTER]\`) first; \`--config-file\` names another.
A file with \`CLUSTER_ADDRESS\` and \`TOKEN\` in \`[CLUSTER]\` is one of the public event-monitor samples and means what it means there: port 443, and with \`USE_SSL = False\` no check of the
certificate, unless \`TLS_FINGERPRINT\` or \`TLS_CA\` stands in the same file.
JSON Schema of the keys of \`filelock\`: [config.schema.json](config.schema.json). The options of each command: [cli.md](cli.md).

Variables of \`qwarden demo\` begin with \`QWARDEN_DEMO_\`, of \`qwarden emulator\` with \`QWARDEN_EMULATOR_\`: a real cluster's settings never reach them.`;
