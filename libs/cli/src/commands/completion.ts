import { type Command, Option } from 'commander';
import { bashCompletion } from '../completion/bash-completion.js';
import type { CliEnvironment } from './command-context.js';

/** Prints a script that completes commands and options, generated from the commands themselves. */
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
      cli.terminal.out(preface + bashCompletion(program));
    });
}
