#!/usr/bin/env node
// Nothing here may need a new Node just to be loaded: an old one must get as far as the message.
import * as nodeModule from 'node:module';

const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `qwarden: Node ${NEEDED} or newer is needed, and this is ${process.versions.node}.\n  See https://nodejs.org, or run ./qwarden in a clone of the repository: it brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  nodeModule.enableCompileCache();
  const { run } = await import('./run.ts');
  await run(process.argv.slice(2));
}
