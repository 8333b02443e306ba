/** One `key = value` as it stands in the file, before interpolation. */
export interface IniEntry {
  /** The key as written; look-ups fold its case. */
  key: string;
  raw: string;
  /** First line of the entry, counted from 1. */
  line: number;
  /** Last line of the entry's value: it is larger than `line` when the value continues. */
  lastLine: number;
}
