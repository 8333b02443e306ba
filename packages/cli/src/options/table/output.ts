import { check, type OptionTable } from '../definition.ts';

/** Settings of every command that can explain them. */
export const showConfigOptions = {
  showConfig: {
    kind: 'boolean',
    group: 'Output',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Print every setting with its value (secrets masked) and where it came from, and do nothing else',
  },
} as const satisfies OptionTable;

/** How rows are printed. */
export const formatOptions = {
  format: {
    kind: 'text',
    group: 'Output',
    placeholder: 'table|json|csv',
    flagOnly: true,
    default: 'table',
    schema: check((z) => z.enum(['table', 'json', 'csv'], 'must be table, json or csv')),
    description: 'How to print the result; JSON and CSV stand alone on stdout',
  },
  json: {
    kind: 'boolean',
    group: 'Output',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Same as --format json',
  },
  csv: {
    kind: 'boolean',
    group: 'Output',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Same as --format csv',
  },
} as const satisfies OptionTable;
