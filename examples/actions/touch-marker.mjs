/**
 * An action of your own: makes an empty file `NAME.seen` beside each file that a rule matches.
 *
 *   qwarden monitor --rules rules.yml --actions examples/actions
 *
 *   do:
 *     - touch-marker: { suffix: .seen }
 *
 * @type {import('@qwarden/engine').Action<{ suffix: string }>}
 */
export default {
  name: 'touch-marker',
  summary: 'Makes an empty file beside the file, with a suffix to its name.',

  // Checked when the rules are loaded; the rule file's editor schema and its error messages come from here.
  params: (z) =>
    z.strictObject({
      suffix: z
        .string()
        .regex(/^\.[a-z]+$/)
        .default('.seen'),
    }),

  // What the cluster will report because of it: rules that would feed themselves are found at load.
  effects: ({ suffix }) => [{ types: ['child_file_added'], into: { name: `{{name}}${suffix}` }, settles: true }],

  privileges: () => [],

  dryRun: async ({ params, subject }) => `would make ${subject.path}${params.suffix}`,

  // Run twice = run once: what is there already is fine.
  async run({ params, subject }, context) {
    const { cluster, signal } = context;
    const slash = subject.path.lastIndexOf('/');
    const [directory, name] = [subject.path.slice(0, slash) || '/', subject.path.slice(slash + 1) + params.suffix];
    if (subject.path.endsWith(params.suffix)) return { kind: 'skipped', note: 'it is a marker itself' };
    try {
      // Every call that changes the cluster goes through `effect`, so that its echo is not taken for a person's change. The id of a file that
      // is only being made is not known: nothing can be expected for it.
      await context.effect([], () => cluster.files.createFile(directory, name, { signal }));
      return { kind: 'done', note: `made ${name}` };
    } catch (error) {
      if (error.status === 409) return { kind: 'skipped', note: `${name} is there already` };
      if (error.status === 404) return { kind: 'gone', note: 'its directory is not there any more' };
      const reason = error.message;
      if (error.retryable === true) return { kind: 'transient', reason, target: 'cluster', overload: false };
      return { kind: 'failed', reason, remedy: 'Look at the rights on the directory; then qwarden dead retry.' };
    }
  },
};
