// Writes docs/reference/ and docs/man/ from the CLI's option table and the schema of rules. `--check` fails when a file is not what they give.
// Needs the build: it reads packages/cli/dist.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const { generatedDocs } = await import('../packages/cli/dist/docs.js');
const { referencePages } = await import('../packages/cli/dist/reference/pages.js');
const { manPages } = await import('../packages/cli/dist/man/pages.js');
for (const [path, text] of Object.entries({
  ...generatedDocs(),
  ...(await referencePages((path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))),
  ...(await manPages()),
})) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  if (process.argv.includes('--check')) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    console.error(
      `${path} differs from the option table or the schema of rules: run "node scripts/generate-docs.mjs".`,
    );
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
