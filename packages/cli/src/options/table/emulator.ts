import { check, type OptionTable } from '../definition.ts';

/** `qwarden emulator`. Its variables start with QWARDEN_EMULATOR_, so that they never mix with a cluster's. */
export const emulatorOptions = {
  host: {
    kind: 'text',
    group: 'Emulator',
    placeholder: 'HOST',
    default: '127.0.0.1',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Address to listen on',
  },
  port: {
    kind: 'integer',
    group: 'Emulator',
    placeholder: 'PORT',
    default: 8000,
    schema: check((z) =>
      z.int().min(0, 'must be a port, or 0 for any free one').max(65_535, 'must be a port from 0 to 65535'),
    ),
    description: 'Port to listen on; 0 = any free one',
  },
  username: {
    kind: 'text',
    group: 'Emulator',
    placeholder: 'NAME',
    default: 'admin',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'Name of the administrator',
  },
  password: {
    kind: 'text',
    group: 'Emulator',
    placeholder: 'PASSWORD',
    secret: true,
    defaultText: 'Admin123!',
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: "The administrator's password",
  },
  tls: {
    kind: 'boolean',
    group: 'Emulator',
    default: true,
    schema: check((z) => z.boolean()),
    description: 'Speak plain HTTP; by default HTTPS with a self-signed certificate',
  },
  accessLog: {
    kind: 'boolean',
    group: 'Emulator',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Print one line per request on stderr',
  },
  json: {
    kind: 'boolean',
    group: 'Emulator',
    flagOnly: true,
    default: false,
    schema: check((z) => z.boolean()),
    description:
      'Print one JSON line once it listens: url, host, port, username, password, accessToken, fingerprint256',
  },
} as const satisfies OptionTable;
