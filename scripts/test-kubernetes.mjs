// `npm run test:kubernetes`: the Helm chart of deploy/helm/qwarden, for real.
//   npm run test:kubernetes                 everything; the first time it builds a control plane, which takes minutes
//   npm run test:kubernetes -- chart        only these parts: chart score
// Plain JavaScript for any Node from 18 up. What a machine cannot is said and left out; with CI set that is a failure.
import { Checks } from './kubernetes/checks.mjs';
import { checkChart, checkScore } from './kubernetes/chart.mjs';
import { ensureChartTools, ensureKubeScore, MissingError } from './kubernetes/tools.mjs';
import { SetupError } from './toolchain.mjs';

const checks = new Checks();

/** What `ensure` gives, or a skip with its reason. */
function orSkip(name, ensure) {
  try {
    return ensure();
  } catch (error) {
    if (!(error instanceof MissingError) && !(error instanceof SetupError)) throw error;
    checks.skip(name, error.message);
    return undefined;
  }
}

const parts = {
  chart: async (tools) => checkChart(checks, tools),
  score: async (tools) => {
    const kubeScore = orSkip('kube-score', ensureKubeScore);
    if (kubeScore !== undefined) await checkScore(checks, tools, kubeScore);
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join('", "')}". Parts: ${Object.keys(parts).join(', ')}.`);
  process.exitCode = 2;
} else {
  const tools = orSkip('the chart', ensureChartTools);
  for (const [name, part] of Object.entries(tools === undefined ? {} : parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`\n== ${name}`);
    await part(tools);
  }
  console.log(`\n${checks.line}`);
  process.exitCode = checks.failed > 0 ? 1 : 0;
}
