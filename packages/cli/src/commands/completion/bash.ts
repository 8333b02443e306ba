import { allCommands, type DescribedCommand, type ValueForm } from '../../tree/describe.ts';
import { HEAD, quote, steps } from './words.ts';

/** For bash 3.2 and newer; needs no other package. */
export function bashCompletion(qwarden: DescribedCommand): string {
  const commands = allCommands(qwarden);
  const known = steps(commands).map(([path, name]) => quote(`${path} ${name}`));
  const values = commands.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : [`    ${names.map((name) => quote(`${path} ${name}`)).join('|')}) ${answer(value.form)}; return ;;`],
    ),
  );
  return `${HEAD}
_qwarden_words() { COMPREPLY=( $(compgen -W "$1" -- "$cur") ); }
_qwarden_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=( $(compgen "$1" -- "$cur") )
}
_qwarden() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} cmd='' i word
  COMPREPLY=()
  # bash takes --flag=value for three words.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word=\${COMP_WORDS[i]}
    case "$cmd $word" in
      ${known.join('|')}) cmd="\${cmd:+$cmd }$word" ;;
    esac
  done
  case "$cmd $prev" in
${values.join('\n')}
  esac
  case "$cmd" in
${commands.map(wordsOf).join('\n')}
  esac
}
complete -F _qwarden qwarden
`;
}

/** After a command come its flags, the words of its commands, and what its arguments can be. */
function wordsOf(command: DescribedCommand): string {
  const flags = command.flags.flatMap(({ names }) => names).join(' ');
  const next = command.commands.map(({ name }) => name).join(' ');
  const argument = command.arguments[0]?.form;
  const plain = argument === undefined || argument.kind === 'other' ? words(next) : answer(argument);
  return `    ${quote(command.path)}) if [[ $cur == -* ]]; then ${words(flags)}; else ${plain}; fi ;;`;
}

function answer(form: ValueForm): string {
  if (form.kind === 'words') return words(form.words.join(' '));
  if (form.kind === 'other') return ':';
  return `_qwarden_paths ${form.kind === 'directory' ? '-d' : '-f'}`;
}

function words(list: string): string {
  return `_qwarden_words ${quote(list)}`;
}
