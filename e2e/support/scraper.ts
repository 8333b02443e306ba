import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import type { Running } from './qwarden.ts';

type Samples = ReadonlyMap<string, number>;

/** Reads the metrics of a qwarden again and again, and keeps each value that a series ever had. */
export class Scraper {
  readonly url: string;
  readonly seen = new Map<string, Set<number>>();
  #text = '';
  #ends = false;

  /** Resolves when it has read for the first time. */
  static async of(running: Running, token: string): Promise<Scraper> {
    await running.until(/Metrics and health: http/);
    const scraper = new Scraper(/Metrics and health: (\S+)/.exec(running.stdout)?.[1] ?? '');
    await scraper.#read(token);
    const reading = scraper.#readOn(token);
    onTestFinished(async () => {
      scraper.#ends = true;
      await reading;
    });
    return scraper;
  }

  private constructor(url: string) {
    this.url = url;
  }

  /** As read last. */
  get text(): string {
    return this.#text;
  }

  /** Waits until some scrape has shown this. */
  async until(series: string, holds: (value: number) => boolean): Promise<void> {
    await eventually(() => {
      const values = this.seen.get(series);
      if (values === undefined) throw new Error(`there is no ${series}`);
      if (![...values].some(holds)) throw new Error(`${series} was ${[...values].join(', ')}`);
    });
  }

  /** Names of metrics of which a series has changed, or came later than the first scrape. */
  moved(first: Samples): Set<string> {
    const moved = [...this.seen].filter(([series, values]) => values.size > 1 || !first.has(series));
    return new Set(moved.map(([series]) => nameOf(series)));
  }

  samples(): Samples {
    return samplesOf(this.#text);
  }

  async #readOn(token: string): Promise<void> {
    while (!this.#ends) {
      await this.#read(token).catch(() => {
        // It ends.
        this.#ends = true;
      });
    }
  }

  async #read(token: string): Promise<void> {
    const answer = await fetch(`${this.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    this.#text = await answer.text();
    for (const [series, value] of this.samples()) {
      const values = this.seen.get(series) ?? new Set();
      this.seen.set(series, values.add(value));
    }
  }
}

function samplesOf(text: string): Samples {
  const lines = text.split('\n').filter((line) => line.startsWith('qwarden_'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** The metric that a series is of, as the reference calls it. */
function nameOf(series: string): string {
  return series.replace(/\{.*/, '').replace(/(_seconds)_(?:bucket|sum|count)$/, '$1');
}

/** Every metric that the reference has. */
export function documentedMetrics(): string[] {
  const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| `(qwarden_[a-z_]+)` \|/gm)].map(([, name = '']) => name);
}
