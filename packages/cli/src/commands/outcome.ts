/** Set by the action that ran. */
export interface Outcome {
  exitCode: number;
}
