import { portInHost } from '../../connect/cluster-settings.ts';
import type { Resolved } from '../../options/resolve.ts';
import type { Source } from '../../options/origin.ts';
import type { clusterOptions } from '../../options/table/cluster.ts';
import { convert } from '../../options/convert.ts';

/** What `configure` needs to know. */
export interface Answers {
  host?: string;
  port?: number;
  login?: { username: string; password: string } | { accessToken: string };
}

type Settings = Resolved<typeof clusterOptions>;

/** What flags, variables and the file that is there already say; nothing is asked. */
export function givenAnswers({ values }: Settings): Answers {
  const answers: Answers = {};
  if (values.host !== undefined) answers.host = values.host;
  if (values.port !== undefined) answers.port = values.port;
  if (values.accessToken !== undefined) answers.login = { accessToken: values.accessToken };
  else if (values.username !== undefined && values.password !== undefined) {
    answers.login = { username: values.username, password: values.password };
  }
  return answers;
}

/** Asks for whatever has no flag; what is known already is the proposal. Secrets are hidden, and Enter keeps the old one. */
export async function askAnswers(table: typeof clusterOptions, settings: Settings, flags: Source): Promise<Answers> {
  const { input, password, select } = await import('@inquirer/prompts');
  const { z } = await import('zod');
  const { values } = settings;
  const context = { output: process.stderr };
  const check = (name: keyof typeof clusterOptions) => (value: string) => {
    const result = convert(z, { ...table[name], secret: true }, { value, origin: { kind: 'default' } });
    return result.ok || result.problem.replace('default: ', '');
  };
  const text = async (name: 'host' | 'username', message: string) => {
    const known = values[name];
    if (flags.has(name) && known !== undefined) return known;
    return await input({ message, validate: check(name), ...(known !== undefined && { default: known }) }, context);
  };
  const secret = async (name: 'password' | 'accessToken', message: string) => {
    const known = values[name];
    if (flags.has(name) && known !== undefined) return known;
    const asked = known === undefined ? message : `${message} (Enter keeps the saved one)`;
    const validate = (value: string) => (value === '' && known !== undefined) || check(name)(value);
    const answer = await password({ message: asked, mask: false, validate }, context);
    return answer === '' && known !== undefined ? known : answer;
  };

  const asked = await text('host', 'Enter API Host:');
  const inside = portInHost(asked);
  const host = inside?.host ?? asked;
  const proposal = String(values.port ?? 8000);
  const port = flags.has('port')
    ? values.port
    : (inside?.port ??
      Number(await input({ message: 'Enter API Port:', default: proposal, validate: check('port') }, context)));
  const byFlag = flags.has('accessToken')
    ? 'token'
    : flags.has('username') || flags.has('password')
      ? 'password'
      : undefined;
  const how =
    byFlag ??
    (await select(
      {
        message: 'Log in with:',
        choices: [
          { name: 'User and password', value: 'password' },
          { name: 'Access token', value: 'token' },
        ],
        default: values.accessToken === undefined ? 'password' : 'token',
      },
      context,
    ));
  const login =
    how === 'token'
      ? { accessToken: await secret('accessToken', 'Enter Access Token:') }
      : { username: await text('username', 'Enter Username:'), password: await secret('password', 'Enter Password:') };
  return { host, login, ...(port !== undefined && { port }) };
}
