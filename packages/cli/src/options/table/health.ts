import { check, type OptionTable } from '../definition.ts';
import { listenOption } from './listen.ts';
import { flag } from './look.ts';

export const healthOptions = {
  url: {
    kind: 'text',
    group: 'Listing',
    flagOnly: true,
    placeholder: 'URL',
    schema: check((z) => z.url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:9464' })),
    description: 'Address to ask; with a path (http://127.0.0.1:9464/healthz) exactly that',
  },
  listen: {
    ...listenOption.listen,
    description: 'The same as the process that is asked has it: this machine is asked at that port',
  },
  live: {
    ...flag,
    description: 'Ask /healthz, whether a restart is due, and not /readyz, whether it does its work',
  },
} as const satisfies OptionTable;
