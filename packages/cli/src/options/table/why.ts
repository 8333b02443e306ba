import { check, type OptionTable } from '../definition.ts';
import { jsonOption, lookStoreOption, word } from './look.ts';

export const whyOptions = {
  rule: { ...word, placeholder: 'NAME', description: 'The latest matches of this rule, instead of a file' },
  limit: {
    kind: 'integer',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'N',
    default: 20,
    schema: check((z) => z.int().min(1, 'must be 1 or more').max(10_000, 'must be 10000 or less')),
    description: 'So many changes at most, the latest ones',
  },
  ...lookStoreOption,
  ...jsonOption,
} as const satisfies OptionTable;
