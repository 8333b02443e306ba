#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runEmulatorCommand } from './command.ts';
import { EmulatorUsageError, parseEmulatorFlags, usageText } from './flags.ts';

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(usageText);
    return 0;
  }
  if (words.includes('--version') || words.includes('-V')) {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    process.stdout.write(`${/"version":\s*"([^"]+)"/.exec(manifest)?.[1] ?? 'unknown'}\n`);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  const { stdout, stderr } = process;
  return await runEmulatorCommand(parseEmulatorFlags(words), { stdout, stderr, signal: stop.signal });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EmulatorUsageError)) throw error;
  process.stderr.write(`qumulo-emulator: ${error.message}\n  See qumulo-emulator --help.\n`);
  process.exitCode = 2;
}
