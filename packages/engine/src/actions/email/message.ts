import { oneLine } from '../../text/one-line.ts';
import { eventId } from '../message/event.ts';
import { renderQuoted } from '../message/values.ts';
import type { ActionInput, MailMessage } from '../port.ts';
import type { EmailParams } from './schema.ts';

/** What one match contributes to a mail. Its words are fixed when it is handed in. */
export interface MailItem {
  /** The same in every try of the match, another for another match. */
  readonly id: string;
  readonly job: string;
  readonly subject: string;
  readonly text: string;
}

/** More would make a mail that no server takes; how many more there were stands in it. */
const MOST_ITEMS = 1000;

export function mailItem(input: ActionInput<EmailParams>): MailItem {
  const { subject, text } = input.params;
  return {
    id: eventId(input),
    job: input.job.key,
    subject: renderQuoted(subject, input, oneLine),
    text: renderQuoted(text, input, oneLine),
  };
}

export function mailMessage(items: readonly [MailItem, ...MailItem[]], params: EmailParams): MailMessage {
  const shown = items.slice(0, MOST_ITEMS);
  const more = items.length - shown.length;
  const lines = shown.map(({ text }) => text);
  if (more > 0) lines.push(`… and ${more} more, which qwarden keeps the record of.`);
  const others = items.length - 1;
  return {
    from: params.from,
    to: params.to,
    subject: others === 0 ? items[0].subject : `${items[0].subject} (and ${others} more)`,
    text: `${lines.join('\n')}\n`,
    // The same matches make the same mail, in whatever order their jobs ran.
    key: items
      .map(({ id }) => id)
      .sort()
      .join(' '),
  };
}
