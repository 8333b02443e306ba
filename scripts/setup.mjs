// `npm run setup`: make this clone ready. `setup.mjs --run TOOL …`: make it ready, then run a tool of it.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, ensureReady, nodePath, root, SetupError, say, toolEnvironment } from './toolchain.mjs';

const [flag, tool, ...args] = process.argv.slice(2);
try {
  if (flag === '--run') {
    ensureInstalled();
    const command = tool === 'node' ? nodePath() : tool;
    const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: toolEnvironment() });
    if (done.error) throw new SetupError(`could not run ${tool}: ${done.error.message}`);
    process.exitCode = done.status ?? 1;
  } else {
    ensureReady();
    say('ready.');
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
