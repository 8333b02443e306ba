import type { KeyPath } from './problem.ts';

/** Something wrong at a place of the text. */
export interface Trouble {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a text holds, and where it stands there. */
export type TextReading =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Offset of a value or its key; of the nearest thing around it when it is not there. */
      readonly locate: (path: KeyPath, atKey: boolean) => number;
    }
  | { readonly ok: false; readonly troubles: readonly Trouble[] };
