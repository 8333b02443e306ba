import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An environment in which qwarden writes down each module that it asks for, and what it had asked for when it ended. */
export function recordLoaded(cwd: string): { env: Record<string, string>; loaded: () => string } {
  const list = join(cwd, 'loaded.txt');
  const hook = join(cwd, 'record-loaded.mjs');
  writeFileSync(
    hook,
    `import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
const all = [];
registerHooks({
  resolve: (specifier, context, next) => {
    all.push(specifier);
    return next(specifier, context);
  },
});
process.on('exit', () => writeFileSync(${JSON.stringify(list)}, all.join('\\n')));
`,
  );
  return { env: { NODE_OPTIONS: `--import=${hook}` }, loaded: () => readFileSync(list, 'utf8') };
}
