// `npm run licences`: what runs in production, with its licences; exit code 1 when one of them is not allowed.
//   npm run licences                 a table
//   npm run licences -- --texts      the licence texts, as they are shipped (THIRD-PARTY-LICENSES)
// Reads package-lock.json and node_modules. Plain JavaScript for any Node from 18 up.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, root, SetupError, say } from './toolchain.mjs';

/** May be used and passed on by a program under Apache-2.0 with no more than their texts beside it. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);

/** `MIT OR GPL-3.0-only`: one of them is enough. `MIT AND X`: all must be allowed. Anything else must be a name of the list. */
export function isAllowed(expression) {
  const bare = (expression ?? '').trim().replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ') && !bare.includes('(')) return bare.split(' OR ').some((part) => isAllowed(part));
  if (bare.includes(' AND ') && !bare.includes('(')) return bare.split(' AND ').every((part) => isAllowed(part));
  return ALLOWED.has(bare);
}

/** Everything of others that production needs: `path` in the workspace, `name`, `version`, `licence`, by name. */
export function productionPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, entry]) => /(^|\/)node_modules\//.test(path) && !entry.link && !entry.dev && !entry.devOptional)
    .filter(([path, entry]) => !entry.optional || existsSync(join(root, path)))
    .map(([path]) => {
      // What was installed, not what the lock file says of it: that is what is shipped.
      const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      return { path, name, version, licence: typeof license === 'string' ? license : license?.type };
    })
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

function textsOf(path) {
  return readdirSync(join(root, path))
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(root, path, name), 'utf8').trim());
}

/** One text with the licences of everything that is shipped beside qwarden's own packages. */
export function licenceTexts() {
  const parts = productionPackages().map(({ path, name, version, licence }) => {
    const texts = textsOf(path);
    return [
      `${name} ${version}: ${licence}`,
      ...(texts.length ? texts : ['(The package brings no text of its licence.)']),
    ];
  });
  const head = 'qwarden is under the Apache License 2.0 (LICENSE). It is shipped with these packages of others.';
  return `${[head, ...parts.map((part) => part.join('\n\n'))].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function main() {
  ensureInstalled();
  const packages = productionPackages();
  if (process.argv.includes('--texts')) {
    process.stdout.write(licenceTexts());
  } else {
    const width = Math.max(...packages.map(({ licence }) => String(licence).length));
    for (const { name, version, licence } of packages)
      console.log(`${String(licence).padEnd(width)}  ${name} ${version}`);
  }
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  for (const { name, version, licence } of refused)
    say(
      `${name} ${version} is under ${licence ?? 'no licence that it names'}, which is not among the allowed ones (scripts/licences.mjs).`,
    );
  if (refused.length > 0) process.exitCode = 1;
  else say(`${packages.length} packages in production, all under allowed licences.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
