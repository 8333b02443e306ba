// `npm run test:kubernetes`: the Helm chart of deploy/helm/qwarden, for real.
//   npm run test:kubernetes                 everything; the first time it builds a control plane, which takes minutes
//   npm run test:kubernetes -- chart        only these steps
import { runSteps } from './steps.mjs';

await runSteps(['chart', 'score', 'settings', 'cluster'], (name) => import(`./kubernetes/${name}.mjs`));
