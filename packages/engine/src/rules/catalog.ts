import type { z, ZodType } from 'zod';

/** The actions that a rule may name. The rules know of an action only what stands here. */
export interface ActionCatalog {
  readonly [name: string]: {
    /** What it does, in one line. */
    readonly summary: string;
    /** Schema of its parameters. */
    readonly params: (zod: typeof z) => ZodType;
  };
}
