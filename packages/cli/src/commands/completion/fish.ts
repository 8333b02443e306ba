import { allCommands, type DescribedCommand, type DescribedFlag, type ValueForm } from '../../tree/describe.ts';
import { HEAD, short, steps } from './words.ts';

/** For fish 3.0 and newer. */
export function fishCompletion(qwarden: DescribedCommand): string {
  const commands = allCommands(qwarden);
  const known = steps(commands).map(([path, name]) => quote(`${path} ${name}`));
  return `${HEAD}
function __qwarden_at --description 'whether the words so far lead to this command'
    set -l cmd ''
    for word in (commandline -opc)[2..-1]
        switch "$cmd $word"
            case ${known.join(' ')}
                set cmd (string trim "$cmd $word")
        end
    end
    test "$cmd" = "$argv[1]"
end
complete -c qwarden -f
${commands.flatMap(linesOf).join('\n')}
`;
}

/** fish knows no way to write a quote between single quotes but a backslash. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

function linesOf(command: DescribedCommand): string[] {
  const here = `complete -c qwarden -n ${quote(`__qwarden_at ${quote(command.path)}`)}`;
  const argument = command.arguments[0]?.form;
  return [
    ...command.commands.map(({ name, summary }) => `${here} -a ${name} -d ${quote(short(summary))}`),
    ...(argument === undefined ? [] : answer(argument).map((how) => `${here} ${how}`)),
    ...command.flags.map((flag) => `${here} ${flagWords(flag)}`),
  ];
}

function flagWords({ names, description, value }: DescribedFlag): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const how = value === undefined ? [] : [value.form.kind === 'file' ? '-r' : '-x', ...answer(value.form)];
  return [...spelled, ...how, '-d', quote(short(description))].join(' ');
}

function answer(form: ValueForm): string[] {
  if (form.kind === 'words') return [`-a ${quote(form.words.join(' '))}`];
  if (form.kind === 'other') return [];
  return form.kind === 'directory' ? [`-a '(__fish_complete_directories)'`] : ['-F'];
}
