import { formatDuration } from '../../rules/schema/duration.ts';
import type { Action } from '../port.ts';
import { mailItem, mailMessage } from './message.ts';
import { sendEmail } from './run.ts';
import { emailParams, type EmailParams } from './schema.ts';

export const emailAction: Action<EmailParams> = {
  name: 'email',
  summary: 'Sends a mail; the matches of a rule in a minute (`batch`) are one mail.',
  reach: 'outside',
  params: emailParams,
  effects: () => [],
  privileges: () => [],
  dryRun: (input) => Promise.resolve(describe(input)),
  run: sendEmail,
};

function describe(input: Parameters<typeof emailAction.dryRun>[0]): string {
  const { params } = input;
  const { subject, text } = mailMessage([mailItem(input)], params);
  const batch = params.batch === 0 ? '' : `, with all other matches within ${formatDuration(params.batch)}`;
  const login = params.server.user === undefined ? '' : ` as ${params.server.user}`;
  return `would mail "${subject}" to ${params.to.join(', ')} over ${params.server.host}${login}${batch}: ${text.trimEnd()}`;
}
