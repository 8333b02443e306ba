import type { IniEntry } from './entry.ts';
import { IniError } from './errors.ts';
import { interpolate } from './interpolate.ts';
import { indentOf, splitOption, strip, stripEnd } from './whitespace.ts';

export const DEFAULT_SECTION = 'DEFAULT';

export type IniSection = ReadonlyMap<string, IniEntry>;

interface OpenEntry {
  entry: IniEntry;
  lines: string[];
}

/**
 * A file as Python's `ConfigParser()` reads it (default settings: strict, BasicInterpolation, `=` and `:`,
 * full-line comments `#` and `;`, empty lines in values, keys folded to lower case).
 * The one difference: a byte order mark at the start is skipped, because Windows editors write it.
 */
export class IniFile {
  readonly file: string;
  private readonly defaults: IniSection;
  private readonly bySection: ReadonlyMap<string, IniSection>;
  /** Line of each section's header; of the last one where `[DEFAULT]` is there several times. */
  private readonly headers: ReadonlyMap<string, number>;

  constructor(
    file: string,
    sections: {
      defaults: IniSection;
      bySection: ReadonlyMap<string, IniSection>;
      headers: ReadonlyMap<string, number>;
    },
  ) {
    this.file = file;
    this.defaults = sections.defaults;
    this.bySection = sections.bySection;
    this.headers = sections.headers;
  }

  /** The entry that stands in the section itself, without inheritance. */
  ownEntry(section: string, key: string): IniEntry | undefined {
    return this.own(section)?.get(key.toLowerCase());
  }

  /**
   * Where a further entry of the section can stand: after line `after`, indented like line `like`.
   * `undefined` when there is no such section.
   */
  endOf(section: string): { after: number; like: number } | undefined {
    const header = this.headers.get(section);
    if (header === undefined) return undefined;
    let end = { after: header, like: header };
    for (const entry of this.own(section)?.values() ?? []) {
      if (entry.lastLine > end.after) end = { after: entry.lastLine, like: entry.line };
    }
    return end;
  }

  private own(section: string): IniSection | undefined {
    return section === DEFAULT_SECTION ? this.defaults : this.bySection.get(section);
  }

  /** Section names in file order, without DEFAULT. */
  sections(): string[] {
    return [...this.bySection.keys()];
  }

  /** The entry that a look-up finds: in the section, else in `[DEFAULT]`. A missing section has the defaults alone. */
  entry(section: string, key: string): IniEntry | undefined {
    const folded = key.toLowerCase();
    return this.bySection.get(section)?.get(folded) ?? this.defaults.get(folded);
  }

  /** Folded keys that a look-up in the section finds, those of `[DEFAULT]` included. */
  keys(section: string): string[] {
    return [...new Set([...(this.bySection.get(section)?.keys() ?? []), ...this.defaults.keys()])];
  }

  /** The value with `%(name)s` and `%%` resolved. Throws IniError when a `%` in it means nothing. */
  get(section: string, key: string): string | undefined {
    const entry = this.entry(section, key);
    if (!entry) return undefined;
    return interpolate(entry, {
      lookUp: (name) => this.entry(section, name)?.raw,
      place: { file: this.file, line: entry.line, section, key: entry.key },
    });
  }
}

/** Parses the text of a file. Throws IniError, naming the first offending line. */
export function parseIni(text: string, file: string): IniFile {
  const parser = new Parser(file);
  const withoutMark = text.startsWith('\ufeff') ? text.slice(1) : text;
  const lines = withoutMark.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) parser.feed(line, index + 1);
  return parser.finish();
}

class Parser {
  private readonly file: string;
  private readonly defaults = new Map<string, IniEntry>();
  private readonly bySection = new Map<string, Map<string, IniEntry>>();
  private readonly headers = new Map<string, number>();
  private readonly open: OpenEntry[] = [];
  private section: { name: string; entries: Map<string, IniEntry> } | undefined;
  private current: OpenEntry | undefined;
  private indent = 0;
  /** Python collects lines without a delimiter and reports them when it has read the file. */
  private bogus: IniError | undefined;

  constructor(file: string) {
    this.file = file;
  }

  feed(line: string, number: number): void {
    const value = strip(line);
    const comment = value.startsWith('#') || value.startsWith(';');
    if (value === '' || comment) {
      if (!comment) this.current?.lines.push('');
      return;
    }
    const indent = indentOf(line);
    if (this.current && indent > this.indent) {
      this.current.lines.push(value);
      this.current.entry.lastLine = number;
      return;
    }
    this.indent = indent;
    const header = /^\[(.+)\]/s.exec(value)?.[1];
    if (header !== undefined) this.startSection(header, number);
    else this.addEntry(value, number);
  }

  finish(): IniFile {
    if (this.bogus) throw this.bogus;
    for (const { entry, lines } of this.open) entry.raw = stripEnd(lines.join('\n'));
    return new IniFile(this.file, { defaults: this.defaults, bySection: this.bySection, headers: this.headers });
  }

  private startSection(name: string, line: number): void {
    this.current = undefined;
    this.headers.set(name, line);
    if (name === DEFAULT_SECTION) {
      this.section = { name, entries: this.defaults };
      return;
    }
    if (this.bySection.has(name)) {
      throw new IniError(
        'duplicate-section',
        { file: this.file, line, section: name },
        `the section [${name}] is there twice.`,
        'Put its settings under one header.',
      );
    }
    const entries = new Map<string, IniEntry>();
    this.bySection.set(name, entries);
    this.section = { name, entries };
  }

  private addEntry(text: string, line: number): void {
    if (!this.section) {
      throw new IniError(
        'missing-header',
        { file: this.file, line },
        'a setting stands before any section header.',
        'Begin the file with a line "[DEFAULT]".',
      );
    }
    const option = splitOption(text);
    if (!option || option.name === '') {
      this.bogus ??= this.notASetting(line);
      if (!option) return;
    }
    const folded = option.name.toLowerCase();
    const place = { file: this.file, line, section: this.section.name, key: option.name };
    const earlier = this.section.entries.get(folded);
    if (earlier) {
      throw new IniError(
        'duplicate-option',
        place,
        `${option.name} is set a second time in [${place.section}] (first in line ${earlier.line}).`,
        'Keep one of the two lines.',
      );
    }
    const entry: IniEntry = { key: option.name, raw: '', line, lastLine: line };
    this.section.entries.set(folded, entry);
    const opened = { entry, lines: [option.value] };
    this.open.push(opened);
    this.current = option.name === '' ? undefined : opened;
  }

  private notASetting(line: number): IniError {
    return new IniError(
      'not-a-setting',
      { file: this.file, line, ...(this.section && { section: this.section.name }) },
      'this line is not a setting.',
      'Write it as "KEY = value", start it with # to make it a comment, or indent it to continue the line above.',
    );
  }
}
