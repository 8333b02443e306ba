// Rule sets of any size of which the same few rules match the recording: what grows is what has to be told apart.
import { LAST_NAME, projectPath } from './recording.mjs';

export const ROOT = '/data';
export const END_RULE = 'end of the recording';
const CREATED = ['child_file_added', 'child_dir_added'];
const WRITTEN = ['child_data_written', 'child_size_changed', 'child_stream_data_written'];
/** Nobody uses these. */
const NEVER = ['bak', 'swp', 'iso', 'dmg', 'vmdk'];

/** `{ name, on, under, extension? , head? }`: a plain form that each side can be given. `count` of 10 or more. */
export function rules(count) {
  const all = [{ name: END_RULE, on: CREATED, under: ROOT, file: LAST_NAME }];
  for (let n = 0; all.length < Math.min(count, 10); n += 1) {
    const under = `${ROOT}/${projectPath(n * 3)}`;
    all.push({
      name: `live ${n}`,
      on: n % 3 === 2 ? WRITTEN : CREATED,
      under,
      extension: ['pdf', 'csv', 'dwg'][n % 3],
    });
  }
  for (let n = 0; all.length < count; n += 1) {
    const on = n % 2 === 0 ? CREATED : [...CREATED, ...WRITTEN];
    const place = `${ROOT}/${projectPath(n % 2_000)}`;
    const kind = n % 4;
    // Near misses: the place of many events with another extension or another name, and places without events.
    if (kind < 2) all.push({ name: `extension ${n}`, on, under: place, extension: NEVER[n % NEVER.length] });
    else if (kind === 2) all.push({ name: `name ${n}`, on, under: place, head: `plan ${n} ` });
    else all.push({ name: `place ${n}`, on, under: `${place}/archive ${n}`, extension: 'pdf' });
  }
  return all;
}

/** As a rule file (JSON is YAML) whose jobs do nothing. */
export function ruleFile(count, { settle = '0s' } = {}) {
  return JSON.stringify({
    version: 1,
    rules: rules(count).map(({ name, on, under, extension, head, file }) => ({
      name,
      on,
      settle,
      where: {
        under,
        ...(extension === undefined ? {} : { extension }),
        ...(head === undefined ? {} : { name: `${head}*` }),
        ...(file === undefined ? {} : { name: file }),
      },
      do: [{ nothing: {} }],
    })),
  });
}

/** An action that costs nothing, so that what is measured is everything around it. */
export const actions = {
  nothing: {
    name: 'nothing',
    summary: 'Does nothing.',
    params: (z) => z.strictObject({}),
    effects: () => [],
    privileges: () => [],
    dryRun: () => Promise.resolve('nothing'),
    run: () => Promise.resolve({ kind: 'done', note: '' }),
  },
};
