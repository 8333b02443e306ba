/** Nothing is exported yet. */
export type Nothing = undefined;
