import type { z } from 'zod';
import type { Action, NoteLevel, Zod } from '../port.ts';
import { templateText } from '../template/schema.ts';
import { render } from '../template/template.ts';
import { templateValues } from '../template/variables.ts';

export interface LogParams {
  readonly level: NoteLevel;
  readonly text: string;
}

function params(zod: Zod): z.ZodType<LogParams> {
  return zod.strictObject({
    level: zod.enum(['debug', 'info', 'warn', 'error']).default('info').meta({ description: 'Default: info.' }),
    text: templateText(zod).default('{{event}} {{path}}').meta({ description: 'One line.' }),
  });
}

/** Tells of a file in the log. Whoever runs the action writes the line: the note, at its level. */
export const logAction: Action<LogParams> = {
  name: 'log',
  summary: 'Writes a line to the log.',
  params,
  effects: () => [],
  privileges: () => [],
  dryRun: async (input) => `would log (${input.params.level}): ${render(input.params.text, templateValues(input))}`,
  run: async (input) => ({
    kind: 'done',
    note: render(input.params.text, templateValues(input)),
    level: input.params.level,
  }),
};
