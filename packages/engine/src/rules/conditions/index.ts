import type { z } from 'zod';
import { accessed, created, modified } from './age.ts';
import { depth } from './depth.ts';
import { extension } from './extension.ts';
import { group, owner } from './identity.ts';
import type { ConditionKind } from './kind.ts';
import { locked } from './locked.ts';
import { mode } from './mode.ts';
import { movedFrom } from './moved-from.ts';
import { name } from './name.ts';
import { path } from './path.ts';
import { regex } from './regex.ts';
import { size } from './size.ts';
import { stream } from './stream.ts';
import { tag } from './tag.ts';
import { temporary } from './temporary.ts';
import { timeOfDay } from './time-of-day.ts';
import { type } from './type.ts';
import { under } from './under.ts';
import { weekday } from './weekday.ts';

/** Every keyword of `where` that compares something, the cheap ones first. A new condition is a file and a line here. */
export const conditions = {
  stream,
  depth,
  under,
  extension,
  name,
  temporary,
  path,
  moved_from: movedFrom,
  regex,
  weekday,
  time_of_day: timeOfDay,
  type,
  size,
  mode,
  owner,
  group,
  created,
  modified,
  accessed,
  locked,
  tag,
} as const;

export type ConditionKey = keyof typeof conditions;
export type ConditionValue<K extends ConditionKey> = z.output<(typeof conditions)[K]['schema']>;

export const conditionKeys: readonly ConditionKey[] = Object.keys(conditions).filter((key): key is ConditionKey =>
  Object.hasOwn(conditions, key),
);

/** A condition whose value comes out of its own schema, so that its type is nobody's business. */
export function conditionOf(key: ConditionKey): ConditionKind<unknown> {
  return conditions[key];
}
