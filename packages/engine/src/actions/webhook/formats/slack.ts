import { oneLine } from '../../../text/one-line.ts';
import { renderQuoted } from '../../message/values.ts';
import type { ActionInput } from '../../port.ts';
import { DEFAULT_TEXT, JSON_TYPE, type Payload } from './payload.ts';

/** A message for an incoming webhook of Slack. The text of the rule may use mrkdwn; names of files cannot mention people, channels or links. */
export function slackMessage(input: ActionInput<unknown>, text = DEFAULT_TEXT): Payload {
  return { contentType: JSON_TYPE, body: JSON.stringify({ text: renderQuoted(text, input, escapeMrkdwn) }) };
}

/** The three characters that Slack asks to escape: https://docs.slack.dev/messaging/formatting-message-text. */
function escapeMrkdwn(value: string): string {
  return oneLine(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
