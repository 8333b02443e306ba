import { type ActionCatalog, type Change, formatProblem, loadRules, type RuleSet } from '../../src/index.ts';

/** Actions with the parameters that the examples use. The real ones are no business of the rules. */
export const catalog: ActionCatalog = {
  log: { summary: 'Writes a line to the log.', params: (z) => z.strictObject({ text: z.string().optional() }) },
  lock: {
    summary: 'Puts a retention lock on the file.',
    params: (z) => z.strictObject({ retention: z.string().optional(), legal_hold: z.boolean().optional() }),
  },
  quarantine: { summary: 'Moves the file away.', params: (z) => z.strictObject({ to: z.string().startsWith('/') }) },
  webhook: {
    summary: 'Calls a URL.',
    params: (z) =>
      z.strictObject({
        url: z.url(),
        format: z.enum(['json', 'slack']).default('json'),
        text: z.string().optional(),
      }),
  },
  'all-stop': {
    summary: 'Stops all access.',
    params: (z) => z.strictObject({ confirm: z.literal(true), scope: z.enum(['cluster', 'share']) }),
  },
  rename: { summary: 'Renames the file.', params: (z) => z.strictObject({ to: z.string().min(1) }) },
  permissions: { summary: 'Changes the mode.', params: (z) => z.strictObject({ mode: z.string() }) },
  run: {
    summary: 'Runs a program.',
    params: (z) => z.strictObject({ command: z.array(z.string()).min(1), timeout: z.string().optional() }),
  },
};

export function load(text: string, source = 'rules.yml'): RuleSet {
  const result = loadRules(text, { source, catalog });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.ruleSet;
}

/** A rule file with one rule, from its `where` in YAML flow style. */
export function where(conditions: string, more = ''): RuleSet {
  return load(`version: 1\nrules:\n  - name: r\n    on: any\n    where: ${conditions}\n    do: [log: {}]\n${more}`);
}

export function change(over: Partial<Change> = {}): Change {
  return {
    id: '1.0',
    type: 'child_file_added',
    fileId: '10',
    path: '/records/a.pdf',
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: Date.UTC(2026, 0, 5, 12),
    lineage: 0,
    ...over,
  };
}
