import { check, type OptionTable } from '../definition.ts';

/** How to reach the cluster and who to be there. Every command that talks to a cluster has these. */
export const clusterOptions = {
  configFile: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'FILE',
    notInFile: true,
    default: 'qfs_filelock_config.ini',
    schema: check((z) => z.string().min(1, 'must name a file')),
    description: 'Configuration file, in the format of the earlier Python scripts; "qwarden configure" writes it',
  },
  host: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'HOST',
    aliases: ['api-host'],
    iniKeys: ['API_HOST', 'CLUSTER_ADDRESS'],
    schema: check((z) =>
      z
        .string()
        .refine(
          (text) => /^[^\s/@?#]+$/.test(text),
          'must be a host name or an address, without https:// and without a path, for example qumulo.example.com',
        ),
    ),
    description: 'Name or address of the cluster; HOST:PORT is understood too',
  },
  port: {
    kind: 'integer',
    group: 'Cluster',
    placeholder: 'PORT',
    aliases: ['api-port'],
    iniKeys: ['API_PORT'],
    defaultText: '8000; 443 for a file with a [CLUSTER] section',
    schema: check((z) =>
      z.int().min(1, 'must be a port from 1 to 65535').max(65_535, 'must be a port from 1 to 65535'),
    ),
    description: 'Port of the API',
  },
  basePath: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'PATH',
    defaultText: '/api on port 443, else none',
    schema: check((z) => z.enum(['', '/', '/api', '/api/'], 'must be "/api" or "/"')),
    description: 'What stands in front of /v1 in the addresses of the API',
  },
  protocol: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'https|http',
    default: 'https',
    schema: check((z) => z.enum(['https', 'http'], 'must be https or http')),
    description: 'http is for an emulator without TLS; it sends passwords in the clear',
  },
  username: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'NAME',
    short: 'u',
    iniKeys: ['USERNAME'],
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description: 'User to log in as',
  },
  password: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'PASSWORD',
    secret: true,
    iniKeys: ['PASSWORD'],
    schema: check((z) => z.string().min(1, 'must not be empty')),
    description:
      'Password of that user. Other users of this machine can see it on a command line: prefer the file, QWARDEN_PASSWORD_FILE or --password-file',
  },
  accessToken: {
    kind: 'text',
    group: 'Cluster',
    placeholder: 'TOKEN',
    secret: true,
    iniKeys: ['ACCESS_TOKEN', 'TOKEN'],
    schema: check((z) => z.string().regex(/^[\x21-\x7e]+$/, 'must be one word of visible ASCII letters')),
    description: 'Access token, instead of user and password',
  },
  timeout: {
    kind: 'integer',
    group: 'Cluster',
    placeholder: 'SECONDS',
    default: 30,
    schema: check((z) => z.int().min(1, 'must be 1 second or more').max(3_600, 'must be 3600 seconds or less')),
    description: 'How long to wait for an answer of the cluster',
  },
  tlsCa: {
    kind: 'text',
    group: 'TLS',
    placeholder: 'FILE',
    schema: check((z) => z.string().min(1, 'must name a file')),
    description: "PEM file with the certificate authority to trust, instead of the system's",
  },
  tlsFingerprint: {
    kind: 'text',
    group: 'TLS',
    placeholder: 'SHA256',
    schema: check((z) =>
      z
        .string()
        .refine(
          (text) => /^(sha-?256(\s+fingerprint)?\s*[:=])?([\s:]*[0-9a-f]){64}\s*$/i.test(text),
          'must be a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons',
        ),
    ),
    description: 'Trust exactly the certificate with this SHA-256 fingerprint (pinning), whoever signed it',
  },
  tlsInsecure: {
    kind: 'boolean',
    group: 'TLS',
    default: false,
    schema: check((z) => z.boolean()),
    description: 'Do not verify the certificate: anyone in between can read and change everything, passwords included',
  },
} as const satisfies OptionTable;
