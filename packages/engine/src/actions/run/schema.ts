import type { z } from 'zod';
import { durationParam } from '../params/duration.ts';
import { localPath, variableName } from '../params/names.ts';
import { sizeParam } from '../params/size.ts';
import type { Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';
import { variablesIn } from '../template/template.ts';

export interface RunParams {
  readonly command: readonly [string, ...string[]];
  /** Ms. */
  readonly timeout: number;
  readonly cwd?: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly environment_from: readonly string[];
  /** Bytes. */
  readonly max_output: number;
  readonly concurrency?: number | undefined;
  readonly success_codes: readonly number[];
  readonly retry_codes: readonly number[];
}

/** Begins with what a stranger chose: a file may be called `-rf`. */
const STRANGERS_BEGINNING = /^\{\{\s*(?:name|stem)\s*\}\}/;

export function runParams(zod: Zod): z.ZodType<RunParams> {
  const ours = 'begins with QWARDEN_, as those that qwarden sets itself';
  const name = variableName(zod).refine((text) => !text.startsWith('QWARDEN_'), ours);
  const code = zod.int().min(0).max(255);
  return zod
    .strictObject({
      command: zod.tuple([zod.string().min(1, 'must not be empty')], templateText(zod)).meta({
        description: 'Program and arguments, each argument a template. No shell: nothing in a name has a meaning.',
        examples: [['/usr/local/bin/ingest', '--file', '{{path}}']],
      }),
      timeout: durationParam(zod, { otherwise: '30s', leastMs: 100, mostMs: 86_400_000 }).meta({
        description: 'What takes longer is ended, with everything that it has started.',
      }),
      cwd: localPath(zod).optional().meta({ description: 'Directory to run in.' }),
      environment: zod
        .record(name, templateText(zod))
        .default({})
        .meta({ description: 'Environment variables; templates.' }),
      environment_from: zod.array(name).default([]).meta({
        description:
          "Variables of qwarden's own environment that the program gets too. Their values are kept out of notes.",
      }),
      max_output: sizeParam(zod, { otherwise: '64KiB', most: '16MiB' }).meta({
        description: 'So much is kept of the end of each of its outputs.',
      }),
      concurrency: zod.int().min(1).max(1000).optional().meta({ description: 'Most of them at once.' }),
      success_codes: zod.array(code).min(1).default([0]).meta({ description: 'Exit codes that count as success.' }),
      retry_codes: zod.array(code).default([75]).meta({
        description: 'Exit codes that ask for another try. 75 is EX_TEMPFAIL of sysexits.h.',
      }),
    })
    .superRefine(({ command, success_codes, retry_codes }, context) => {
      const issue = (message: string, path: (string | number)[]) => context.addIssue({ code: 'custom', message, path });
      if (variablesIn(command[0]).size > 0 || command[0].includes('{{'))
        issue('the program itself must be fixed: what a file is called must not decide what runs', ['command', 0]);
      const options = command.indexOf('--');
      command.forEach((text, at) => {
        if (at > 0 && (options === -1 || at < options) && STRANGERS_BEGINNING.test(text))
          issue('a file may be called "-rf", and this would be an option: use {{path}}, or put "--" before it', [
            'command',
            at,
          ]);
      });
      const both = success_codes.filter((each) => retry_codes.includes(each));
      if (both.length > 0)
        issue(`${both.join(', ')} cannot be both success and a reason to try again`, ['retry_codes']);
    });
}
