import { parseListenAddress } from '../../http/address.ts';
import { check, type OptionTable } from '../definition.ts';

/** Where to ask how it goes; for the commands that run for long, and for those that ask them. */
export const listenOption = {
  listen: {
    kind: 'text',
    group: 'Metrics and health',
    placeholder: '[HOST:]PORT',
    schema: check((z) =>
      z
        .string()
        .refine(
          (text) => parseListenAddress(text) !== undefined,
          'must be HOST:PORT or a port, for example 9464 (this machine alone), 0.0.0.0:9464 or [::]:9464',
        ),
    ),
    description:
      'Serve /metrics, /healthz and /readyz there by HTTP; a port alone is for this machine only, any other host needs --listen-token. Without it nothing listens',
  },
} as const satisfies OptionTable;

export const listenOptions = {
  ...listenOption,
  listenToken: {
    kind: 'text',
    group: 'Metrics and health',
    placeholder: 'TOKEN',
    secret: true,
    schema: check((z) => z.string().regex(/^[\x21-\x7e]+$/, 'must be one word of visible ASCII letters')),
    description:
      'Who reads /metrics has to send it (Authorization: Bearer TOKEN). Other users of this machine can see it on a command line: prefer QWARDEN_LISTEN_TOKEN_FILE',
  },
} as const satisfies OptionTable;
