import type { Argument, Command, Option } from 'commander';

/** What can stand for a value: one of these words, a file or a directory of this machine, or something that only the user knows. */
export type ValueForm =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'other' };

export interface DescribedFlag {
  /** `--output`, `-y`; long ones first. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent for flags without a value. */
  readonly value?: { readonly placeholder: string; readonly form: ValueForm };
  /** `What to watch`. */
  readonly group: string;
}

export interface DescribedArgument {
  readonly name: string;
  readonly description: string;
  readonly form: ValueForm;
  readonly repeated: boolean;
  readonly required: boolean;
}

/** A command of the tree in plain data. */
export interface DescribedCommand {
  /** Words after `qwarden`: `locks list`; empty for `qwarden` itself. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly DescribedFlag[];
  readonly arguments: readonly DescribedArgument[];
  readonly commands: readonly DescribedCommand[];
  /** What its help says below the options. */
  readonly notes: string;
}

/** Flags that are understood but not listed in the help are left out here too. */
export function describeCommand(command: Command, parents: readonly string[] = []): DescribedCommand {
  const words = command.parent === null ? [] : [...parents, command.name()];
  const help = command.createHelp();
  return {
    path: words.join(' '),
    name: command.name(),
    summary: command.description(),
    flags: help.visibleOptions(command).map(describeFlag),
    arguments: command.registeredArguments.map(describeArgument),
    commands: command.commands.map((child) => describeCommand(child, words)),
    notes: notesOf(command),
  };
}

/** The command and all below it, each before its own commands. */
export function allCommands(command: DescribedCommand): DescribedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function describeFlag(option: Option): DescribedFlag {
  const placeholder = /[<[](.+)[>\]]$/.exec(option.flags)?.[1];
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: option.description,
    group: (option.helpGroupHeading ?? 'General').replace(/:$/, ''),
    ...(placeholder === undefined ? {} : { value: { placeholder, form: formOf(placeholder) } }),
  };
}

function describeArgument(argument: Argument): DescribedArgument {
  return {
    name: argument.name(),
    description: argument.description,
    form: argument.argChoices ? { kind: 'words', words: argument.argChoices } : formOf(argument.name()),
    repeated: argument.variadic,
    required: argument.required,
  };
}

/** `table|json` are the words themselves, `FILE` and `DIR` are of this machine; `PATH` is one on the cluster. */
function formOf(placeholder: string): ValueForm {
  if (/^[a-z0-9-]+(\|[a-z0-9-]+)+$/.test(placeholder)) return { kind: 'words', words: placeholder.split('|') };
  if (/^(FILE|NEW)$/.test(placeholder)) return { kind: 'file' };
  return { kind: placeholder === 'DIR' ? 'directory' : 'other' };
}

/** What `addHelpText` put below the help: all that is printed, without the help itself. */
function notesOf(command: Command): string {
  let printed = '';
  command.configureOutput({ writeOut: (text) => void (printed += text) }).outputHelp();
  return printed.slice(command.helpInformation().length).trim();
}
