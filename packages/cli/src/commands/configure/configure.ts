import { createClient, normaliseFingerprint, readServerCertificate } from '@qwarden/qumulo-client';
import { accessSync, constants } from 'node:fs';
import { dirname, resolve as absolute } from 'node:path';
import { terminalTrust } from '../../connect/ask-trust.ts';
import { addressOf, type ClusterAddress, clusterAddress, clientOptions } from '../../connect/cluster-settings.ts';
import { describeCertificate, establishTrust, hasChanged, type TrustQuestions } from '../../connect/trust.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import type { Source } from '../../options/origin.ts';
import type { Resolved } from '../../options/resolve.ts';
import { clusterOptions } from '../../options/table/cluster.ts';
import { canAsk } from '../../output/terminal.ts';
import { writeTo } from '../../process/streams.ts';
import { type Answers, askAnswers, givenAnswers } from './answers.ts';
import { saveConfiguration } from './save.ts';

export interface ConfigureOptions {
  flags: Source;
  /** Connect and log in before saving. */
  test: boolean;
  /** Pin an untrusted certificate without asking. */
  yes: boolean;
}

type Settings = Resolved<typeof clusterOptions>;

/** `qwarden configure` and `qwarden filelock --configure`. Saves nothing unless everything is well. */
export async function configureFile(settings: Settings, options: ConfigureOptions): Promise<number> {
  const file = settings.values.configFile;
  mustBeWritable(file);
  say(`Configuring ${file}`);
  const answers = canAsk() ? await askAnswers(clusterOptions, settings, options.flags) : givenAnswers(settings);
  const login = answers.login ?? noLogin();
  const address = clusterAddress(withAnswers(settings, answers));
  const trusted = options.test ? await trust(address, options) : address;
  if (options.test) await tryLogin(trusted, login);
  await saveConfiguration(file, { address: trusted, login, pinned: trusted.tls.fingerprint256 });
  writeTo(process.stdout, `Configuration saved to ${file}\n`);
  return ExitCode.ok;
}

function say(text: string): void {
  writeTo(process.stderr, `${text}\n`);
}

/** Before a person types a page of answers. */
function mustBeWritable(file: string): void {
  const directory = dirname(absolute(file));
  try {
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new CliError('config', `Cannot write ${file}: the directory ${directory} is missing or not writable.`, {
      remedy: 'Name another file with --config-file.',
      cause: error,
    });
  }
}

/** What was asked outweighs where it came from before; `clusterAddress` then sees one set of settings. */
function withAnswers(settings: Settings, answers: Answers): Settings {
  const values = { ...settings.values };
  if (answers.host !== undefined) values.host = answers.host;
  if (answers.port !== undefined) values.port = answers.port;
  return { ...settings, values };
}

function noLogin(): never {
  throw new CliError('usage', 'There is no terminal to ask for the login.', {
    remedy:
      'Give --username and --password-file FILE (or --password), or --access-token-file FILE (or --access-token).',
  });
}

async function trust(address: ClusterAddress, options: ConfigureOptions): Promise<ClusterAddress> {
  const questions: TrustQuestions = options.yes ? { say, ask: accept } : terminalTrust();
  const pinnedByFile = address.tls.fingerprint256 !== undefined && !options.flags.has('tlsFingerprint');
  if (!pinnedByFile || address.protocol === 'http') return (await establishTrust(address, questions)).address;
  const certificate = await readServerCertificate(address.host, address.port, { timeoutMs: address.timeoutMs });
  const before = normaliseFingerprint(address.tls.fingerprint256 ?? '');
  const now = normaliseFingerprint(certificate.fingerprint256);
  if (now === before) return address;
  const question = `${describeCertificate(address, certificate)}\nIt HAS CHANGED: pinned so far was ${before}.`;
  const asked = options.yes ? undefined : questions.ask;
  if ((await asked?.(question, certificate)) === true) return { ...address, tls: { fingerprint256: now } };
  throw hasChanged(address, before, now);
}

/** `--yes`: shown all the same, so that it stands in the log of whatever ran this. */
function accept(question: string): Promise<boolean> {
  say(question);
  return Promise.resolve(true);
}

async function tryLogin(address: ClusterAddress, login: NonNullable<Answers['login']>): Promise<void> {
  const client = createClient({ ...clientOptions({ ...address, credentials: login }), connections: 1 });
  try {
    const { data: me } = await client.session.whoAmI();
    const { data: version } = await client.cluster.version();
    say(`Connected to ${addressOf(address)} (${oneLine(version.revision_id)}) as ${oneLine(me.name)}.`);
  } finally {
    await client.close();
  }
}
