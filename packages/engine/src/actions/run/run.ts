import { outsideOutcome } from '../outside-outcome.ts';
import type { ActionContext, ActionInput, ActionOutcome, Outside } from '../port.ts';
import { commandSpec } from './command.ts';
import { judgeResult } from './judge.ts';
import type { RunParams } from './schema.ts';
import { Turns } from './turns.ts';

/** One engine has one `Outside`. */
const turns = new WeakMap<Outside, Map<string, Turns>>();

export async function runProgram(input: ActionInput<RunParams>, context: ActionContext): Promise<ActionOutcome> {
  const { concurrency } = input.params;
  if (concurrency === undefined) return await runNow(input, context);
  return await turnsOf(input, context).take(concurrency, () => runNow(input, context));
}

async function runNow(input: ActionInput<RunParams>, { outside, signal }: ActionContext): Promise<ActionOutcome> {
  try {
    const { spec, secrets } = commandSpec(input, outside);
    return judgeResult(await outside.run(spec, signal), input.params, secrets);
  } catch (error) {
    const remedy = 'Correct the command in the rule, or install what it names; then retry the job.';
    return outsideOutcome(error, { signal, target: 'file', remedy });
  }
}

function turnsOf({ job }: ActionInput<RunParams>, { outside }: ActionContext): Turns {
  const known = turns.get(outside) ?? new Map<string, Turns>();
  turns.set(outside, known);
  const key = JSON.stringify([job.rule, job.step]);
  const own = known.get(key) ?? new Turns();
  known.set(key, own);
  return own;
}
