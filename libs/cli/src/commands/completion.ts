import { type Command, Option } from 'commander';
import type { CliEnvironment } from './command-context.js';

/** Prints a script that completes commands and options, made from the commands themselves. */
export function addCompletionCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('completion')
    .description('print a completion script for the shell')
    .addOption(new Option('--shell <shell>', 'which shell').choices(['bash', 'zsh']).default('bash'))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(athanor completion)\n  athanor completion --shell zsh > ~/.zfunc/_athanor',
    )
    .action(({ shell }: { shell: 'bash' | 'zsh' }) => {
      const preface = shell === 'zsh' ? '#compdef athanor\nautoload -U +X bashcompinit && bashcompinit\n' : '';
      cli.terminal.out(preface + bashScript(program));
    });
}

function bashScript(program: Command): string {
  const cases = wordsByPath(program, '').map(([path, words]) => `    '${path}') words='${words.join(' ')}' ;;`);
  return `_athanor() {
  local path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _athanor athanor ./athanor
`;
}

/** For each command, by its words: its subcommands and options. */
function wordsByPath(command: Command, path: string): [string, string[]][] {
  const options = command.options.map(option => option.long ?? option.short ?? '').filter(Boolean);
  const words = [...command.commands.map(child => child.name()), ...options, '--help'];
  const children = command.commands.flatMap(child =>
    wordsByPath(child, path === '' ? child.name() : `${path} ${child.name()}`),
  );
  return [[path, words], ...children];
}
