/** An error in words for people. */
export interface ErrorReport {
  message: string;
  remedy?: string | undefined;
  exitCode: number;
  /** A mistake of ours: the stack is worth showing. */
  unexpected?: boolean;
}
