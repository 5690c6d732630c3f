import type { AthanorClient, Outage } from '@athanor/client';
import type { MeshPrograms } from '@athanor/mesh';
import type { Command } from 'commander';
import { type Format, render, type View } from '../output/render.js';
import type { Terminal } from '../terminal.js';

/** Set by the launcher. */
export interface CliEnvironment {
  /** Root folder of the checkout. */
  readonly root: string;
  readonly programs: MeshPrograms;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

/** Options of every command. */
export interface GlobalOptions {
  readonly output: Format;
  readonly context?: string;
  readonly home?: string;
}

/** The environment of a command. */
export interface CommandContext extends CliEnvironment {
  readonly options: GlobalOptions;
  /** Prints a result in the requested format. */
  show(view: View): void;
}

export function commandContext(cli: CliEnvironment, command: Command): CommandContext {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { ...cli, options, show: view => cli.terminal.out(render(view, options.output)) };
}

/** Runs work with a client, and closes it. */
export async function withClient<T>(context: CommandContext, work: (client: AthanorClient) => Promise<T>): Promise<T> {
  const { env, options, terminal } = context;
  const onOutage = ({ service, address, untilMs }: Outage) => {
    const until = new Date(untilMs).toTimeString().slice(0, 8);
    terminal.err(`${service} is unavailable at ${address}; retrying until ${until}\n`);
  };
  const { connect } = await import('../context/connect.js');
  const client = await connect({ env, context: options.context, home: options.home, onOutage });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
