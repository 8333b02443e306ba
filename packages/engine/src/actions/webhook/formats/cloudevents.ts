import { eventData, eventId, eventTime } from '../../message/event.ts';
import type { ActionInput } from '../../port.ts';
import type { Payload } from './payload.ts';

/** A cluster as a URI: `qumulo://cluster.example.com:8000`. */
export interface EventSource {
  readonly origin: string;
}

/** CloudEvents 1.0, structured mode: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md. */
export function cloudEvent(input: ActionInput<unknown>, source: EventSource): Payload {
  const event = {
    specversion: '1.0',
    id: eventId(input),
    source: source.origin.replace(/^https?:/, 'qumulo:'),
    type: 'io.qwarden.match',
    subject: attributeText(input.subject.path),
    time: eventTime(input),
    datacontenttype: 'application/json',
    data: eventData(input),
  };
  return { contentType: 'application/cloudevents+json; charset=utf-8', body: JSON.stringify(event) };
}

/** Attributes must not hold control characters, half pairs and non-characters (3.1 of the specification); `data.path` has the name as it is. */
function attributeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.toWellFormed().replace(/[\x00-\x1f\x7f-\x9f]|\p{Noncharacter_Code_Point}/gu, '\ufffd');
}
