import { oneLine } from './escape.ts';
import type { LogLine } from './levels.ts';

/** `2026-01-31 09:05:00,042 - INFO - text`, local time, as Python's logging writes it. */
export function textLine(line: LogLine, at: Date): string {
  return `${localTime(at)} - ${line.level} - ${oneLine(line.text)}\n`;
}

/** One JSON object. Time in UTC; JSON escapes what is hostile in names, lone surrogates included. */
export function jsonLine(line: LogLine, at: Date): string {
  const { level, kind, text, fields } = line;
  return `${JSON.stringify({ at: isoTime(at), level: level.toLowerCase(), kind, ...fields, text })}\n`;
}

let lastMs = Number.NaN;
let lastIso = '';

/** Many lines share a millisecond. */
function isoTime(at: Date): string {
  const ms = at.getTime();
  if (ms !== lastMs) {
    lastIso = at.toISOString();
    lastMs = ms;
  }
  return lastIso;
}

function localTime(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${date} ${time},${String(at.getMilliseconds()).padStart(3, '0')}`;
}
