/** The names of Python's logging, which the earlier script's log lines carry. */
export const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
export type Level = (typeof levels)[number];

/** One thing to tell. */
export interface LogLine {
  level: Level;
  /** What happened, stable: `locked`, `stream-ended`. */
  kind: string;
  /** For people, one sentence. May contain file names as they are: they are escaped when printed. */
  text: string;
  /** For machines. */
  fields?: Readonly<Record<string, unknown>>;
}
