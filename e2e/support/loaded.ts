import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An environment in which qwarden writes down each module that it asks for, and what it has asked for so far. */
export function recordLoaded(cwd: string): { env: Record<string, string>; loaded: () => string } {
  const list = join(cwd, 'loaded.txt');
  const hook = join(cwd, 'record-loaded.mjs');
  writeFileSync(list, '');
  writeFileSync(
    hook,
    `import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  resolve: (specifier, context, next) => {
    appendFileSync(${JSON.stringify(list)}, specifier + '\\n');
    return next(specifier, context);
  },
});
`,
  );
  return { env: { NODE_OPTIONS: `--import=${hook}` }, loaded: () => readFileSync(list, 'utf8') };
}
