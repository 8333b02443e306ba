/** What is wrong with an INI file; each kind has its twin in Python's configparser. */
export type IniProblem =
  | 'missing-header'
  | 'duplicate-section'
  | 'duplicate-option'
  | 'not-a-setting'
  | 'bad-interpolation'
  | 'missing-reference'
  | 'interpolation-too-deep';

export interface IniErrorPlace {
  file: string;
  /** Line in the file, counted from 1. */
  line: number;
  section?: string;
  key?: string;
}

/**
 * Thrown while reading a file (structure) or one value of it (interpolation).
 * The message names file and line; it never contains a value, since a value may be a password.
 */
export class IniError extends Error {
  readonly problem: IniProblem;
  readonly place: IniErrorPlace;
  /** What to do about it, in words for the person who edits the file. */
  readonly remedy: string;

  constructor(problem: IniProblem, place: IniErrorPlace, what: string, remedy: string) {
    super(`${place.file}, line ${place.line}: ${what}`);
    this.name = 'IniError';
    this.problem = problem;
    this.place = place;
    this.remedy = remedy;
  }
}
