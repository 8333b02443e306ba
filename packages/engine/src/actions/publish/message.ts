import { eventData } from '../message/event.ts';
import type { ActionInput, PublishedMessage } from '../port.ts';
import type { PublishParams } from './schema.ts';

/** The event as flat fields, and whole as JSON in `event`: names that are no text (half a surrogate pair) are exact only there. */
export function publishedMessage(input: ActionInput<PublishParams>, url: string): PublishedMessage {
  const { stream, channel = '', max_length } = input.params;
  const event = eventData(input);
  return {
    url,
    kind: stream === undefined ? 'channel' : 'stream',
    name: stream ?? channel,
    fields: {
      id: event.id,
      rule: event.rule,
      type: event.change.type,
      time: event.change.time,
      path: event.path,
      moved_from: event.change.moved_from ?? '',
      file_id: event.file_id,
      event: JSON.stringify(event),
    },
    maxLength: max_length,
  };
}
