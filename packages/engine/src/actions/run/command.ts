import { eventData } from '../message/event.ts';
import { renderQuoted } from '../message/values.ts';
import type { ActionInput, CommandSpec, Outside } from '../port.ts';
import { templateValues } from '../template/variables.ts';
import type { RunParams } from './schema.ts';

/** A variable of such a name is a secret also where its value stands in the rule. */
const SECRET_NAME = /pass|secret|token|credential|auth|key|private/i;

/** The command, with what must not be told of it. @throws OutsideError when a variable to pass on is not set. */
export function commandSpec(
  input: ActionInput<RunParams>,
  outside: Outside,
): { readonly spec: CommandSpec; readonly secrets: readonly string[] } {
  const { params } = input;
  const passedOn = Object.fromEntries(params.environment_from.map((env) => [env, outside.secret({ env })]));
  const spec: CommandSpec = {
    command: commandLine(input),
    stdin: `${JSON.stringify(eventData(input))}\n`,
    environment: { ...own(input), ...passedOn, ...rendered(input) },
    cwd: params.cwd,
    timeoutMs: params.timeout,
    maxOutputBytes: params.max_output,
  };
  const named = Object.keys(params.environment).filter((name) => SECRET_NAME.test(name));
  const written = named.flatMap((name) => spec.environment[name] ?? []);
  return { spec, secrets: [...Object.values(passedOn), ...written] };
}

export function commandLine(input: ActionInput<RunParams>): readonly [string, ...string[]] {
  const [program, ...args] = input.params.command;
  return [program, ...args.map((template) => renderQuoted(template, input, asText))];
}

/** `QWARDEN_PATH`, `QWARDEN_FILE_ID`, …: everything that a template may name. */
function own(input: ActionInput<RunParams>): Record<string, string> {
  const values = Object.entries(templateValues(input));
  const variables = Object.fromEntries(values.map(([name, value]) => [`QWARDEN_${name.toUpperCase()}`, asText(value)]));
  return { ...variables, QWARDEN_ATTEMPT: String(input.job.attempt) };
}

function rendered(input: ActionInput<RunParams>): Record<string, string> {
  const templates = Object.entries(input.params.environment);
  return Object.fromEntries(templates.map(([name, template]) => [name, renderQuoted(template, input, asText)]));
}

/** Half a surrogate pair cannot be passed as text; standard input has it as JSON escapes it. */
function asText(value: string): string {
  return value.toWellFormed();
}
