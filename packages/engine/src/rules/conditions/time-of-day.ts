import { oneOrMany, textThat } from '../schema/text.ts';
import { RuleTextError } from '../text-error.ts';
import { byTime, condition } from './kind.ts';
import { localClock } from './local-time.ts';
import { oneOf } from './words.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

export const timeOfDay = condition({
  schema: oneOrMany(textThat(parseSpan)),
  needs: 'time',
  summary:
    'Time of day at which the change is decided about, end not included, over midnight where it ends before it begins; in `time_zone` beside it, else UTC.',
  example: 'time_of_day: "22:00-06:00"',
  compile(values, { timeZone }) {
    const spans = values.map(parseSpan);
    const clock = localClock(timeZone);
    return byTime(
      (now) => {
        const { minutes } = clock(now);
        return spans.some(({ from, to }) =>
          from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to,
        );
      },
      (now) => {
        const { minutes } = clock(now);
        const two = (part: number): string => String(part).padStart(2, '0');
        return `it is ${two(Math.floor(minutes / 60))}:${two(minutes % 60)} (${timeZone})`;
      },
    );
  },
  words: (values) => `between ${oneOf(values)}`,
});

/** @throws RuleTextError */
function parseSpan(text: string): Span {
  const [, a, b, c, d] = /^(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)$/.exec(text.trim()) ?? [];
  const from = minutesOf(a, b);
  const to = minutesOf(c, d);
  if (from === undefined || to === undefined || from === 1440) {
    throw new RuleTextError(
      `The time of day "${text}" is none. Accepted: "22:00-06:00", "09:00-17:30", "18:00-24:00".`,
    );
  }
  if (from === to) throw new RuleTextError(`The time of day "${text}" is empty: it ends when it begins.`);
  return { from, to };
}

function minutesOf(hour: string | undefined, minute: string | undefined): number | undefined {
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= 1440 ? minutes : undefined;
}
