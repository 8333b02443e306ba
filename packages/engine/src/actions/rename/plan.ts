import { joinPath } from '../../rules/selection.ts';
import { type Found, findSubject, refuseHeld, valuesBefore, valuesNow } from '../files/found.ts';
import { isNameOrNumbered, nameProblem } from '../files/names.ts';
import { failed, Stop } from '../files/stop.ts';
import type { ActionContext, ActionInput } from '../port.ts';
import { render } from '../template/template.ts';
import type { RenameParams } from './schema.ts';

/** Which name it is to get. @throws Stop */
export async function planRename(
  input: ActionInput<RenameParams>,
  context: ActionContext,
): Promise<{ readonly found: Found; readonly name: string }> {
  const { to } = input.params;
  const before = valuesBefore(input);
  const made = before.map((values) => joinPath(values.directory, render(to, values)));
  const found = await findSubject(input, context, made);
  for (const values of before) {
    if (values.directory === found.directory && isNameOrNumbered(found.name, render(to, values)))
      throw new Stop({ kind: 'skipped', note: `its name is ${found.name} already`, path: found.path });
  }
  const name = render(to, valuesNow(input, found));
  const problem = nameProblem(name);
  if (problem !== undefined) {
    throw failed(`${found.path} cannot be renamed: ${problem}.`, 'Change the name in the rule.');
  }
  if (name === found.name) throw new Stop({ kind: 'skipped', note: `its name is ${name} already`, path: found.path });
  refuseHeld(found, 'renamed');
  return { found, name };
}
