import type { Ledger, LeftOut, LockRule } from '@qwarden/engine';

/** What the comparison could not tell, in words: a person must not take silence for an answer. */
export class LeftOutCounts {
  readonly #counts: Record<LeftOut, number> = { before: 0, undecidable: 0 };
  readonly #withoutRules: string[] = [];

  readonly add = (why: LeftOut): void => {
    this.#counts[why] += 1;
  };

  /** Under rules that are not known, nothing can be looked for. */
  async lookedAt(ledger: Ledger, given: readonly LockRule[] | undefined): Promise<void> {
    const rules = given ?? (await ledger.rules());
    if (rules.some(({ enabled }) => enabled)) return;
    for (const { path } of await ledger.watches()) this.#withoutRules.push(path);
  }

  lines(): string[] {
    const { before, undecidable } = this.#counts;
    const lines: string[] = [];
    for (const path of this.#withoutRules) {
      lines.push(
        `Not looked for: files below ${path} that should have a retention lock. No rule with a lock step is in force there; name a rule file with --rules.`,
      );
    }
    if (before > 0) {
      lines.push(
        `Not checked: ${filesInWords(before)} without a retention lock, created before the rules for them were in force: these may have come under them later, or not at all.`,
      );
    }
    if (undecidable > 0) {
      lines.push(
        `Not checked: ${filesInWords(undecidable)} without a retention lock, whose rules ask for what a look at the file does not tell (a change other than its creation, a count, tags).`,
      );
    }
    return lines;
  }
}

function filesInWords(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
