import type { DescribedCommand, DescribedFlag, ValueForm } from '../../tree/describe.ts';
import { HEAD, quote, short } from './words.ts';

export function zshCompletion(qwarden: DescribedCommand): string {
  return `#compdef qwarden
${HEAD}
${functionsOf(qwarden).join('\n')}
# Read from $fpath this file is the function itself; read by hand it only defines it.
if [ "$funcstack[1]" = "_qwarden" ]; then
  _qwarden "$@"
else
  compdef _qwarden qwarden
fi
`;
}

/** One function for a command, after those of its commands. */
function functionsOf(command: DescribedCommand): string[] {
  const flags = command.flags.map(flagSpec);
  const own =
    command.commands.length > 0
      ? withCommands(command, flags)
      : `${nameOf(command)}() {\n  _arguments -s \\\n    ${[...flags, ...argumentSpecs(command)].join(' \\\n    ')}\n}`;
  return [...command.commands.flatMap(functionsOf), own];
}

function nameOf({ path }: DescribedCommand): string {
  return ['_qwarden', ...path.split(' ').filter((word) => word !== '')].join('_').replaceAll('-', '_');
}

function withCommands(command: DescribedCommand, flags: readonly string[]): string {
  const rows = command.commands.map(({ name, summary }) => `    ${quote(`${name}:${short(summary)}`)}`);
  const cases = command.commands.map((child) => `      ${child.name}) ${nameOf(child)} ;;`);
  return `${nameOf(command)}() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${rows.join('\n')}
  )
  _arguments -C \\
    ${[...flags, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command) _describe -t commands 'command' commands ;;
    rest) case $words[1] in
${cases.join('\n')}
    esac ;;
  esac
}`;
}

function flagSpec({ names, description, value }: DescribedFlag): string {
  const what = `[${short(description).replaceAll(/[\\[\]]/g, String.raw`\$&`)}]`;
  const action = value === undefined ? '' : `:${message(value.placeholder)}:${answer(value.form)}`;
  // A "*" before it: lists repeat, and zsh need not judge.
  return names
    .map((name) => quote(`*${name}${value !== undefined && name.startsWith('--') ? '=' : ''}${what}${action}`))
    .join(' ');
}

function argumentSpecs({ arguments: all }: DescribedCommand): string[] {
  return all.map(({ name, form, repeated }, index) =>
    quote(`${repeated ? '*' : index + 1}:${message(name)}:${answer(form)}`),
  );
}

function message(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);
}

function answer(form: ValueForm): string {
  if (form.kind === 'words') return `(${form.words.join(' ')})`;
  if (form.kind === 'other') return ' ';
  return form.kind === 'directory' ? '_files -/' : '_files';
}
