import type { FileAttributes } from '@qwarden/qumulo-client';
import { z } from 'zod';
import { byAttributesAndTime, condition } from './kind.ts';

export const locked = condition({
  schema: z.union([
    z.boolean(),
    z
      .strictObject({ retention: z.boolean().optional(), legal_hold: z.boolean().optional() })
      .refine(
        ({ retention, legal_hold }) => retention !== undefined || legal_hold !== undefined,
        'Give "retention", "legal_hold" or both.',
      ),
  ]),
  needs: 'attributes',
  summary:
    'Whether a retention lock is in force: a retention period that is not over, or a legal hold; or each of the two by itself.',
  example: 'locked: { retention: true, legal_hold: false }',
  compile(value) {
    return byAttributesAndTime(
      (attributes, { now }) => {
        const { retention, hold } = lockOf(attributes, now);
        if (typeof value === 'boolean') return (retention || hold) === value;
        if (value.retention !== undefined && value.retention !== retention) return false;
        return value.legal_hold === undefined || value.legal_hold === hold;
      },
      (attributes) => {
        const { lock } = attributes;
        const until = lock?.retention_period ?? null;
        const hold = lock?.legal_hold === true ? 'on legal hold' : 'not on legal hold';
        return `it is ${until === null ? 'under no retention' : `under retention until ${until}`} and ${hold}`;
      },
    );
  },
  words(value) {
    if (typeof value === 'boolean') return value ? 'under a retention lock' : 'under no retention lock';
    const parts: string[] = [];
    if (value.retention !== undefined) parts.push(value.retention ? 'in retention' : 'not in retention');
    if (value.legal_hold !== undefined) parts.push(value.legal_hold ? 'on legal hold' : 'not on legal hold');
    return parts.join(' and ');
  },
});

/** An absent lock is none: what the cluster sends for a file that never had one is not documented (FACTS 5). */
function lockOf(attributes: FileAttributes, now: number): { retention: boolean; hold: boolean } {
  const until = attributes.lock?.retention_period ?? null;
  return { retention: until !== null && Date.parse(until) > now, hold: attributes.lock?.legal_hold === true };
}
