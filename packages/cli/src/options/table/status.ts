import type { OptionTable } from '../definition.ts';
import { flag, jsonOption, lookStoreOption } from './look.ts';

export const statusOptions = {
  watch: { ...flag, description: 'Stay, and show it anew each second until Ctrl-C; in a pipe a line when it changes' },
  ...lookStoreOption,
  ...jsonOption,
} as const satisfies OptionTable;
