import type { Command } from 'commander';
import { writeTo } from '../../process/streams.ts';
import { version } from '../../version.ts';

export function configure(command: Command): void {
  command.option('--json', 'Print version and platform as JSON').action((options: { json?: boolean }) => {
    const text = options.json
      ? JSON.stringify({
          version: version(),
          node: process.versions.node,
          platform: `${process.platform}-${process.arch}`,
        })
      : version();
    writeTo(process.stdout, `${text}\n`);
  });
}
