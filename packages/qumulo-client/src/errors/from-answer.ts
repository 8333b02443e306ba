import { statusText } from './status-text.ts';

export interface ErrorAnswer {
  errorClass: string;
  description: string;
}

/**
 * What an answer outside 2xx says. The documented form is a JSON object (FACTS 2.1), but a 401 comes without a body, and
 * proxies in between answer in HTML or plain text.
 */
export function readErrorAnswer(status: number, body: Buffer): ErrorAnswer {
  const text = body.toString('utf8').trim();
  const reason = statusText(status);
  if (text === '') return { errorClass: 'unknown', description: `${reason} (the answer was empty)` };
  const envelope = parseEnvelope(text);
  if (envelope === undefined) {
    const words = text
      .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return { errorClass: 'unknown', description: words === '' ? reason : `${reason}: ${shorten(words, 300)}` };
  }
  return { errorClass: envelope.errorClass ?? 'unknown', description: shorten(wordsOf(envelope) ?? reason, 2_000) };
}

interface Envelope {
  errorClass: string | undefined;
  description: string | undefined;
  inner: Envelope | undefined;
}

function parseEnvelope(text: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: the caller shows the text itself.
    return undefined;
  }
  return toEnvelope(value, 0);
}

function toEnvelope(value: unknown, depth: number): Envelope | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const field = (key: string): unknown => Reflect.get(value, key);
  const [errorClass, description] = [field('error_class'), field('description')];
  return {
    errorClass: typeof errorClass === 'string' && errorClass !== '' ? errorClass : undefined,
    description: typeof description === 'string' && description !== '' ? description : undefined,
    inner: depth < 8 ? toEnvelope(field('inner'), depth + 1) : undefined,
  };
}

function wordsOf(envelope: Envelope): string | undefined {
  const inner = envelope.inner === undefined ? undefined : wordsOf(envelope.inner);
  if (inner === undefined) return envelope.description;
  return envelope.description === undefined ? inner : `${envelope.description} [${inner}]`;
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

/** `Retry-After` in ms from now: seconds, or a date by the sender's own clock. Undefined when absent or unreadable. */
export function readRetryAfter(header: string | undefined, senderNowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - senderNowMs);
}
