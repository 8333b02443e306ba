import { describe, expect, it } from 'vitest';
import { EmulatorUsageError, parseEmulatorFlags, usageText } from '../src/flags.ts';

describe('the flags of qumulo-emulator', () => {
  it('become the options of the command', () => {
    expect(parseEmulatorFlags([])).toEqual({});
    expect(
      parseEmulatorFlags([
        '--host',
        '::1',
        '--port=0',
        '--username',
        'a',
        '--password',
        'b',
        '--no-tls',
        '--access-log',
        '--json',
      ]),
    ).toEqual({ host: '::1', port: 0, username: 'a', password: 'b', tls: false, accessLog: true, json: true });
  });

  it.each([[['--port', '65536']], [['--port', '-1']], [['--port', 'x']], [['--prot', '1']], [['word']], [['--host']]])(
    'refuses %j',
    (words) => {
      expect(() => parseEmulatorFlags(words)).toThrow(EmulatorUsageError);
    },
  );

  it('are all in its help', () => {
    for (const flag of ['--host', '--port', '--username', '--password', '--no-tls', '--access-log', '--json'])
      expect(usageText).toContain(`  ${flag} `);
  });
});
