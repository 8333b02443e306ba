import { check, type OptionTable } from '../definition.ts';
import { clusterOptions } from './cluster.ts';

/** `qwarden configure`: every question has its flag. */
export const configureOptions = {
  ...clusterOptions,
  test: {
    kind: 'boolean',
    group: 'Running',
    flagOnly: true,
    default: true,
    schema: check((z) => z.boolean()),
    description: 'Save without connecting and logging in first',
  },
  yes: {
    kind: 'boolean',
    group: 'Running',
    short: 'y',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description:
      'Pin the certificate that the cluster shows without asking (without a terminal: give --tls-fingerprint instead where you can)',
  },
} as const satisfies OptionTable;
