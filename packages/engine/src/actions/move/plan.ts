import { joinPath, relativeTo } from '../../rules/selection.ts';
import { destination, type DestinationParams } from '../files/destination.ts';
import { type Found, findSubject, refuseHeld, valuesBefore, valuesNow } from '../files/found.ts';
import { isNameOrNumbered } from '../files/names.ts';
import { failed, Stop } from '../files/stop.ts';
import type { ActionContext, ActionInput } from '../port.ts';

/** Which directory it is to go to. @throws Stop */
export async function planMove(
  input: ActionInput<DestinationParams>,
  context: ActionContext,
): Promise<{ readonly found: Found; readonly directory: string }> {
  const before = valuesBefore(input).map((values) => ({ ...values, to: destination(input.params, values) }));
  const made = before.map(({ to, name }) => joinPath(to, name));
  const found = await findSubject(input, context, made);
  for (const values of before) {
    if (values.to === found.directory && isNameOrNumbered(found.name, values.name))
      throw new Stop({ kind: 'skipped', note: `it is in ${found.directory} already`, path: found.path });
  }
  const directory = destination(input.params, valuesNow(input, found));
  if (directory === found.directory)
    throw new Stop({ kind: 'skipped', note: `it is in ${directory} already`, path: found.path });
  if (found.isDirectory && (directory === found.path || relativeTo(found.path, directory) !== undefined)) {
    throw failed(
      `${found.path} cannot be moved into itself (${directory}).`,
      'Leave the directory out of the rule, or give it another destination.',
    );
  }
  refuseHeld(found, 'moved');
  return { found, directory };
}
