import type { Command, Option } from 'commander';

/**
 * A bash script that completes the commands of a program. It follows the typed words along the commands; values of
 * options and arguments are not commands, even if they have the same name.
 */
export function bashCompletion(program: Command): string {
  const commands = allCommands(program, '');
  const paths = commands.map(({ path }) => path).filter(Boolean);
  const words = commands.map(each => `    '${each.path}') words='${wordsOf(each).join(' ')}' ;;`);
  const values = commands.flatMap(each =>
    optionsOf(each)
      .filter(takesValue)
      .map(
        option => `    ${patternOf(each.path, option)}) valued=1 choices='${(option.argChoices ?? []).join(' ')}' ;;`,
      ),
  );
  return `_athanor_value() {
  valued='' choices=''
  case "$1" in
${values.join('\n')}
  esac
}
_athanor() {
  local path='' word next words='' valued='' choices=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ "$word" = '=' ]; then continue; fi
    if [ -n "$valued" ]; then valued=''; continue; fi
    case "$word" in
      -*) _athanor_value "$path $word" ;;
      *)
        next="\${path:+$path }$word"
        case "$next" in ${paths.map(path => `'${path}'`).join('|')}) path="$next" ;; esac
        ;;
    esac
  done
  case "$path" in
${words.join('\n')}
  esac
  if [ -n "$valued" ]; then words="$choices"; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _athanor athanor ./athanor
`;
}

interface CommandAt {
  readonly command: Command;
  /** Its words, for example "dataset import"; empty for the program. */
  readonly path: string;
  /** Options of the parent commands, which are valid here too. */
  readonly inherited: readonly Option[];
}

function allCommands(command: Command, path: string, inherited: readonly Option[] = []): CommandAt[] {
  const below = [...inherited, ...command.options];
  const children = command.commands.flatMap(child =>
    allCommands(child, path === '' ? child.name() : `${path} ${child.name()}`, below),
  );
  return [{ command, path, inherited }, ...children];
}

function optionsOf({ command, inherited }: CommandAt): readonly Option[] {
  return [...command.options, ...inherited];
}

function wordsOf(each: CommandAt): string[] {
  const options = optionsOf(each).map(option => option.long ?? option.short ?? '');
  return [...each.command.commands.map(child => child.name()), ...options.filter(Boolean), '--help'];
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** The option as written after the command's words. */
function patternOf(path: string, { short, long }: Option): string {
  return [short, long].flatMap(name => (name === undefined ? [] : [`'${path} ${name}'`])).join('|');
}
