import { z } from 'zod';
import { oneOrMany } from '../schema/text.ts';
import { byTime, condition } from './kind.ts';
import { localClock, type Weekday, weekdays } from './local-time.ts';
import { oneOf } from './words.ts';

export const weekday = condition({
  schema: oneOrMany<Weekday, Weekday>(z.enum(weekdays)),
  needs: 'time',
  summary:
    'Day on which the change is decided about: `mon` to `sun`, in `time_zone` beside it, else UTC. After midnight it is the next day, also for a `time_of_day` that began before.',
  example: 'weekday: [sat, sun]',
  compile(values, { timeZone }) {
    const wanted = new Set(values);
    const clock = localClock(timeZone);
    return byTime(
      (now) => wanted.has(clock(now).weekday),
      (now) => `it is ${clock(now).weekday} (${timeZone})`,
    );
  },
  words: (values) => `on ${oneOf(values)}`,
});
