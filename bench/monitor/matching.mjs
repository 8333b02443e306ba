// Matching alone, in a process of its own: one engine, one rule set, events that are in memory already. Forked; tells its rate.
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { compileRules, loadRules } from '../../packages/engine/dist/index.js';
import { events } from './recording.mjs';
import { actions, ROOT, ruleFile, rules } from './rules.mjs';

const { engine, ruleCount, modules, seconds } = JSON.parse(process.argv[2]);
/** So many different ones, again and again. */
const EVENTS = 100_000;
/** Between two looks at the clock. */
const STRETCH = 2_000;

const make = { qwarden, 'json-rules-engine': jsonRulesEngine };

function changes() {
  return Array.from(events(EVENTS), ({ type, spine, path }, n) => ({
    id: `1.${n}`,
    type,
    fileId: spine.at(-1),
    path: `${ROOT}/${path}`,
    movedFrom: null,
    kind: type.startsWith('child_dir') ? 'directory' : 'file',
    stream: null,
    at: 0,
    lineage: 0,
  }));
}

function qwarden() {
  const loaded = loadRules(ruleFile(ruleCount), { source: 'rules of the benchmark', catalog: actions });
  if (!loaded.ok) throw new Error(loaded.problems[0].message);
  const matcher = compileRules(loaded.ruleSet);
  const facts = { now: 0 };
  return {
    stretch: STRETCH,
    match(change) {
      let matches = 0;
      for (const candidate of matcher.match(change)) if (matcher.decide(candidate, facts) === 'match') matches += 1;
      return matches;
    },
  };
}

function jsonRulesEngine() {
  const { Engine } = createRequire(`${modules}/`)('json-rules-engine');
  const machine = new Engine([], { allowUndefinedFacts: true });
  machine.addOperator('below', (path, under) => path.startsWith(under));
  machine.addOperator('beginsWith', (name, head) => name.startsWith(head));
  for (const { name, on, under, extension, head, file } of rules(ruleCount)) {
    const all = [
      { fact: 'type', operator: 'in', value: on },
      { fact: 'path', operator: 'below', value: `${under}/` },
    ];
    if (extension !== undefined) all.push({ fact: 'extension', operator: 'equal', value: extension });
    if (head !== undefined) all.push({ fact: 'name', operator: 'beginsWith', value: head });
    if (file !== undefined) all.push({ fact: 'name', operator: 'equal', value: file });
    machine.addRule({ conditions: { all }, event: { type: name } });
  }
  return {
    stretch: 1,
    async match({ type, path }) {
      const name = basename(path);
      const extension = name.slice(name.lastIndexOf('.') + 1);
      return (await machine.run({ type, path, name, extension })).events.length;
    },
  };
}

async function run(stretch, list, match, forMs) {
  const started = performance.now();
  let matched = 0;
  let done = 0;
  while (performance.now() - started < forMs) {
    for (let n = 0; n < stretch; n += 1) {
      const result = match(list[done % list.length]);
      matched += typeof result === 'number' ? result : await result;
      done += 1;
    }
  }
  return { perSecond: (done * 1000) / (performance.now() - started), matchedShare: matched / done };
}

const list = changes();
const { stretch, match } = make[engine]();
await run(stretch, list, match, seconds * 500);
process.send({ kind: 'result', ...(await run(stretch, list, match, seconds * 1000)) });
process.disconnect();
