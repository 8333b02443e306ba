import { oneLine } from '../../../text/one-line.ts';
import { renderQuoted } from '../../message/values.ts';
import type { ActionInput } from '../../port.ts';
import { DEFAULT_TEXT, JSON_TYPE, type Payload } from './payload.ts';

/** A message with an Adaptive Card, as workflows of Teams take it. A rich text block knows no Markdown: names stay what they are. */
export function teamsMessage(input: ActionInput<unknown>, text = DEFAULT_TEXT): Payload {
  const lines = text.split('\n').map((line) => richText(renderQuoted(line, input, oneLine)));
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: lines,
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
  return { contentType: JSON_TYPE, body: JSON.stringify({ type: 'message', attachments: [attachment] }) };
}

function richText(text: string): unknown {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: text === '' ? ' ' : text }] };
}
