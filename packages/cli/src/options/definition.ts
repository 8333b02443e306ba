import type { z } from 'zod';

/** Handed to the schemas, so that `--help` need not load zod. */
export type Zod = typeof z;

/** A schema that is made when zod is there. */
export type Check<T> = (z: Zod) => z.ZodType<T>;

/** Gives a schema its short type, so that the tables' types can be written down. */
export function check<T>(schema: Check<T>): Check<T> {
  return schema;
}

/** How text becomes a value: the same for a flag, an environment variable and a key of the file. */
export type OptionKind = 'text' | 'integer' | 'boolean' | 'list';

type OptionGroup =
  | 'What to watch'
  | 'Rules'
  | 'Retention lock'
  | 'Running'
  | 'Output'
  | 'Metrics and health'
  | 'Cluster'
  | 'TLS'
  | 'Listing'
  | 'Quarantine'
  | 'Demo'
  | 'Emulator';

/** One setting: flag, environment variable, key in the file, default, help, docs and JSON Schema all come from here. */
export interface OptionDefinition {
  kind: OptionKind;
  /** Checks the value once it has its kind; the message is read by people. */
  schema: Check<unknown>;
  /** Sentence for --help and the docs, without full stop. Of a boolean that is on by default it describes the flag that switches it off. */
  description: string;
  group: OptionGroup;
  /** What stands for the value in --help: `SECONDS`. Not for booleans. */
  placeholder?: string;
  /** Other flags that mean the same, without dashes. */
  aliases?: readonly string[];
  /** One letter. */
  short?: string;
  /** Value when nobody says anything. */
  default?: string | number | boolean | readonly string[];
  /** What --help says the default is, where it is computed. */
  defaultText?: string;
  /** Further keys in the file that mean the same, from the older tools. */
  iniKeys?: readonly string[];
  /** Masked wherever it is shown; also taken from `--NAME-file`, `QWARDEN_…_FILE`. */
  secret?: boolean;
  /** Only a flag: says what to do now, so it makes no sense in a file. */
  flagOnly?: boolean;
  /** Not in the file: names the file itself, or belongs to one process. */
  notInFile?: boolean;
}

/** A command's options by their name in code (camelCase). */
export type OptionTable = Readonly<Record<string, OptionDefinition>>;

type Output<D extends OptionDefinition> = z.output<ReturnType<D['schema']>>;

/** Values of a table. Options without a default may be absent. */
export type ValuesOf<T extends OptionTable> = {
  -readonly [K in keyof T as T[K] extends { default: unknown } ? K : never]: Output<T[K]>;
} & {
  -readonly [K in keyof T as T[K] extends { default: unknown } ? never : K]?: Output<T[K]> | undefined;
};

/** `directoryPath` → `directory-path`. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `directoryPath` → `DIRECTORY_PATH`: the key in the file, and after its prefix the environment variable. */
export function keyOf(name: string): string {
  return flagOf(name).replaceAll('-', '_').toUpperCase();
}

/** The flag that switches a boolean off: `builtinExcludes` → `no-builtin-excludes`. */
export function negatedFlagOf(name: string): string {
  return `no-${flagOf(name)}`;
}

/** Keys in the file, the first one preferred. Empty when the option is not for files. */
export function iniKeysOf(name: string, option: OptionDefinition): readonly string[] {
  return option.flagOnly || option.notInFile ? [] : [...new Set([...(option.iniKeys ?? []), keyOf(name)])];
}

/** The environment variables, the first one preferred. Empty for options that are flags only. */
export function variablesOf(prefix: string, name: string, option: OptionDefinition): readonly string[] {
  if (option.flagOnly) return [];
  const aliases = (option.aliases ?? []).map(keyOf);
  return [...new Set([keyOf(name), ...aliases, ...(option.iniKeys ?? [])])].map((key) => prefix + key);
}
