// `npm run test:deploy`: what is in deploy/, and the packages, tried for real.
//   npm run test:deploy                     everything
//   npm run test:deploy -- prometheus       only these steps
import { runSteps } from './steps.mjs';

const STEPS = ['packages', 'tarball', 'prometheus', 'security', 'docs', 'image', 'compose', 'systemd'];

await runSteps(STEPS, (name) => import(`./deploy/${name}.mjs`));
