import { cutStreams } from './control.ts';
import { putRules } from './rule-file.ts';
import { furtherRules, RULES, type RuleSettings, selfFeedingRules } from './rule-texts.ts';
import type { Tally } from './tally.ts';

/** When things happen after the writers began, ms; earlier in a shorter run. */
const MOMENTS = { refused: 4000, reload: 8000, cut: 12_000, of: 20_000 } as const;

export interface StoryOptions {
  tally: Tally;
  say: (line: string) => void;
  /** Of the emulator. */
  port: number;
  rulesFile: string;
  rules: RuleSettings;
  forMs: number | undefined;
}

interface Turn {
  /** `deed`: the demo does it, while the writers write; `sequel`: what comes of the deed before it. */
  kind: 'deed' | 'sequel';
  atMs: number;
  ready: () => boolean;
  run: () => void;
}

/** What happens on the way, one after the other: a rule file that is refused, one that is taken, a cut of the stream. */
export class Story {
  readonly #turns: Turn[];
  #next = 0;

  constructor(options: StoryOptions) {
    const { tally, say, port, rulesFile, rules, forMs } = options;
    const pace = Math.min(1, (forMs ?? MOMENTS.of) / MOMENTS.of);
    const deed = (atMs: number, run: () => void): Turn => ({ kind: 'deed', atMs: atMs * pace, ready: () => true, run });
    const sequel = (ready: () => boolean, run: () => void): Turn => ({ kind: 'sequel', atMs: 0, ready, run });
    const hash = (): string => tally.rules?.hash.slice(0, 12) ?? '';
    this.#turns = [
      deed(MOMENTS.refused, () => {
        putRules(rulesFile, selfFeedingRules(rules));
        say('A rule is added that renames what was renamed: it would feed itself.');
      }),
      sequel(
        () => tally.refusals > 0,
        () => say(`Refused: ${tally.lastRefusal}\nThe old rules stay in force (${hash()}).`),
      ),
      deed(MOMENTS.reload, () => {
        putRules(rulesFile, furtherRules(rules));
        say(`The rule file is replaced by one with a good rule more: "${RULES.readOnly}".`);
      }),
      sequel(
        () => readOnlyInForce(tally),
        () => say(`Taken without a restart: rules ${hash()} are in force.`),
      ),
      deed(MOMENTS.cut, () => {
        say('The network is cut for a moment: the notification stream is gone, the writers go on.');
        cutStreams(port).catch((error: unknown) => say(`The stream could not be cut: ${String(error)}`));
      }),
      sequel(
        () => tally.streamRestarts > 0 && tally.stream === 'watching',
        () => say('The stream is back, and what was written meanwhile has been found.'),
      ),
    ];
  }

  /** `deeds`: false when nothing new is to be begun. */
  tick(elapsedMs: number, deeds: boolean): void {
    for (let turn = this.#turns[this.#next]; turn !== undefined; turn = this.#turns[this.#next]) {
      if (elapsedMs < turn.atMs || !turn.ready() || (turn.kind === 'deed' && !deeds)) return;
      this.#next += 1;
      turn.run();
    }
  }

  /** What was begun has been seen to its end. */
  get rests(): boolean {
    return this.#turns[this.#next]?.kind !== 'sequel';
  }
}

/** The rule of the second rule file is in force. */
export function readOnlyInForce(tally: Tally): boolean {
  return tally.rules?.names.has(RULES.readOnly) === true;
}
