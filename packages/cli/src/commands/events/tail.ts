import { changesOrNone, RenameJoiner } from '@qwarden/engine';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { type OpenStore, withStores } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { eventsTailOptions } from '../../options/table/events.ts';
import { jsonOf, print } from '../../output/print.ts';
import { onReaderGone } from '../../process/streams.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { eventShape, pathInWords } from './rows.ts';
import { eventFilter, type LocatedEvent, tellUnreadable } from './select.ts';

/** Nothing tells one process of what another one commits. */
const LOOK_EVERY_MS = 250;

/** `qwarden events tail`: what comes, until Ctrl-C. */
export async function tailEvents(values: ValuesOf<typeof eventsTailOptions>): Promise<ExitCode> {
  const now = Date.now();
  const filter = eventFilter(values, now);
  const line = values.json ? (event: LocatedEvent) => `${jsonOf(event, eventShape)}\n` : plainLine;
  const stop = stopOnSignals(() => undefined);
  const gone = new AbortController();
  onReaderGone(() => gone.abort());
  const signal = AbortSignal.any([stop.signal, gone.signal]);
  try {
    await withStores(values.store, async (stores) => {
      const tails = stores.map((store) => new Tail(store, filter.since ?? now));
      async function* lines() {
        while (tails.length > 0 && !signal.aborted) {
          for (const tail of tails)
            for await (const event of tail.more()) if (filter.accepts(event.event)) yield line(event);
          await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
        }
      }
      await print(lines());
    });
  } finally {
    stop.release();
  }
  return ExitCode.ok;
}

function plainLine({ event: { change } }: LocatedEvent): string {
  return oneLine(`${new Date(change.at).toISOString()}  ${change.type.padEnd(24)}  ${pathInWords(change)}`) + '\n';
}

/** What is new in one log. */
class Tail {
  readonly #store: OpenStore;
  readonly #since: number;
  readonly #joiner = new RenameJoiner();
  #after: string | undefined;

  constructor(store: OpenStore, since: number) {
    this.#store = store;
    this.#since = since;
  }

  async *more(): AsyncGenerator<LocatedEvent> {
    const { reader, stateDir } = this.#store;
    // Behind what was seen the log is in order: the time, which may be set back, is asked for only at first.
    const query = this.#after === undefined ? { since: this.#since } : { after: this.#after };
    for await (const entry of reader.log.history(query)) {
      this.#after = entry.position;
      for (const change of changesOrNone(entry, tellUnreadable))
        for (const whole of this.#joiner.add(change))
          yield { event: { change: whole, source: entry.source }, stateDir };
    }
    for (const change of this.#joiner.expire(Date.now())) yield { event: { change, source: 'stream' }, stateDir };
  }
}
