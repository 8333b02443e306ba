import type { ActionCatalog } from '../rules/catalog.ts';
import type { Actions } from './port.ts';
import { needsInWords } from './privileges.ts';
import { TEMPLATE_VARIABLES } from './template/variables.ts';

/** docs/reference/actions.md: what each action does, speaks to and needs. The parameters are in the reference of rules. */
export function actionsReference(actions: Actions & ActionCatalog): string {
  const rows = Object.values(actions).map((action) => {
    const page = PAGES[action.name];
    const more = page === undefined ? '' : ` [more](${page})`;
    return `| [\`${action.name}\`](rules.md#${action.name}) | ${action.summary}${more} | ${REACH[action.reach ?? 'cluster']} | ${needsInWords(action.name)} |`;
  });
  const variables = Object.entries(TEMPLATE_VARIABLES).map(([name, meaning]) => `| \`{{${name}}}\` | ${meaning} |`);
  return `${introduction}

| action | does | speaks to | privileges |
|---|---|---|---|
${rows.join('\n')}

## Templates

Parameters that are templates may name:

| variable | stands for |
|---|---|
${variables.join('\n')}

Their values stay the same from one try of a job to the next. A name that is none of these is refused when the rules are loaded.
`;
}

const REACH = { cluster: 'the cluster', outside: 'others', nobody: 'nobody' } as const;

/** Pages of their own. */
const PAGES: Readonly<Record<string, string>> = {
  'all-stop': '../actions/all-stop.md',
  email: '../actions/email.md',
  publish: '../actions/publish.md',
  quarantine: '../quarantine.md',
  run: '../actions/run.md',
  webhook: '../actions/webhook.md',
};

const introduction = `# Actions

Made from the actions in \`packages/engine/src/actions\` by \`scripts/generate-docs.mjs\`; do not edit.

Each item of a rule's \`do\` names one action. Steps run in the order written; each looks first whether it has been done already, so that run twice is run once. What leaves the cluster can be sent
a second time when the process dies between sending it and writing so down; it carries the same id then. Parameters: [rules.md](rules.md#do). Actions of your own: [own.md](../actions/own.md).`;
