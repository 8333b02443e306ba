import { check, type OptionTable } from '../definition.ts';
import { jsonOption, lookStoreOption, pathFilter, sinceFilter } from './look.ts';
import { formatOptions } from './output.ts';

const filters = {
  ...pathFilter,
  type: {
    kind: 'list',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'TYPE',
    default: [],
    schema: check((z) => z.array(z.string())),
    description:
      'Only changes of this type: created, written, renamed, moved-in, … as in rules, or child_file_added, …. Repeatable',
  },
  ...sinceFilter,
} as const satisfies OptionTable;

export const eventsListOptions = { ...filters, ...lookStoreOption, ...formatOptions } as const satisfies OptionTable;

export const eventsTailOptions = {
  ...filters,
  since: { ...filters.since, defaultText: 'now' },
  ...lookStoreOption,
  json: { ...jsonOption.json, description: 'Print a line of JSON for each' },
} as const satisfies OptionTable;

export const eventsExportOptions = { ...filters, ...lookStoreOption } as const satisfies OptionTable;
