import { masked } from '@qwarden/engine';

/** What is gathered: a text by its name, and what could not be gathered. Secrets are taken out of everything at the end. */
export class Bundle {
  readonly #gaps: string[] = [];
  readonly #texts = new Map<string, string>();
  readonly #secrets = new Set<string>();

  add(name: string, text: string): void {
    this.#texts.set(name, text.endsWith('\n') || text === '' ? text : `${text}\n`);
  }

  addJson(name: string, value: unknown): void {
    this.add(name, JSON.stringify(value, undefined, 2));
  }

  gap(what: string, why: string): void {
    this.#gaps.push(`${what}: ${why}`);
  }

  /** Gathers one thing; what goes wrong is told in the bundle, and nothing else is held up. */
  async gather(what: string, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.gap(what, error instanceof Error ? error.message : String(error));
    }
  }

  /** Must be in no file. In JSON it may stand with escapes. */
  hide(secret: string): void {
    for (const line of [secret, ...secret.split(/\r?\n/)]) {
      this.#secrets.add(line).add(JSON.stringify(line).slice(1, -1)).add(encodeURIComponent(line));
      this.#secrets.add(Buffer.from(line).toString('base64'));
    }
  }

  /** What could not be gathered, and why. */
  get gaps(): readonly string[] {
    return this.#gaps.map((gap) => masked(gap, this.#secrets));
  }

  files(): ReadonlyMap<string, string> {
    if (this.gaps.length > 0) this.add('could-not-be-gathered.txt', this.gaps.join('\n'));
    return new Map([...this.#texts].map(([name, text]) => [name, masked(text, this.#secrets)]));
  }
}

/** A message about a configuration that cannot be read, without what it repeats of it. */
export function withoutQuotes(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'[^'\n]*'|`[^`]*`/g, '"•••"');
}
