import { renderQuoted } from '../../message/values.ts';
import type { ActionInput } from '../../port.ts';
import type { Payload } from './payload.ts';

export function templateBody(input: ActionInput<unknown>, body: string, contentType: string): Payload {
  return { contentType, body: renderQuoted(body, input, escapeJson) };
}

/** The text between the quotes of a JSON string. */
function escapeJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** A file whose name has everything that a template could stumble over. */
const SAMPLE: Pick<ActionInput<unknown>, 'change' | 'subject' | 'job'> = {
  subject: { fileId: '1003', path: '/a/"b\\\n.csv' },
  change: {
    id: '1.0',
    type: 'child_file_added',
    fileId: '1003',
    path: '/a/"b\\\n.csv',
    movedFrom: null,
    kind: 'file',
    stream: null,
    at: 0,
    lineage: 0,
  },
  job: {
    key: 'a',
    match: '1',
    rule: 'a "rule"',
    step: 0,
    attempt: 1,
    changedAt: 0,
    armedAt: 0,
    settleMs: 0,
    fresh: true,
  },
};

/** What is wrong with a body that says it is JSON; undefined when nothing is. */
export function templateBodyProblem(body: string, contentType: string): string | undefined {
  if (!/[/+]json\b/i.test(contentType)) return undefined;
  try {
    JSON.parse(renderQuoted(body, SAMPLE, escapeJson));
    return undefined;
  } catch {
    return `is not JSON once its values are in; put each between quotes, as in {"file": "{{path}}"}, or name another content_type`;
  }
}
