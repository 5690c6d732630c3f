import { resolve } from 'node:path';
import type { Addresses } from '@athanor/client';
import { servicePorts } from '@athanor/contracts';
import type { Command } from 'commander';
import type { ClusterPlace } from '../cluster/pods.js';
import { addressBookPath, findContext, readAddressBook, writeAddressBook } from '../context/address-book.js';
import { meshHome } from '../context/resolve-context.js';
import { table } from '../output/render.js';
import { type CliEnvironment, commandContext } from './command-context.js';

interface SetOptions {
  readonly ingest?: string;
  readonly training?: string;
  readonly registry?: string;
  readonly inference?: string;
  readonly apiKeyFile?: string;
  readonly caFile?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeContext?: string;
}

export function addContextCommands(program: Command, cli: CliEnvironment): void {
  const context = program.command('context').description('the address book: meshes by name');
  const local = (name: keyof Addresses) => `this machine, port ${servicePorts(name).public}`;
  context
    .command('set <name>')
    .description('add or change a context')
    .option('--ingest <address>', `host:port (default: ${local('ingest')})`)
    .option('--training <address>', `host:port (default: ${local('training')})`)
    .option('--registry <address>', `host:port (default: ${local('registry')})`)
    .option('--inference <address>', `host:port (default: ${local('inference')})`)
    .option('--api-key-file <file>', 'JSON with "apiKey", or the plain key (default: the credentials of the home)')
    .option('--ca-file <file>', 'PEM of the certificate authority; with it TLS is used')
    .option('--release <name>', 'its Helm release: status shows its pods, using your kubectl')
    .option('--namespace <name>', 'namespace of the release (default: its name)')
    .option('--kube-context <name>', "kubectl's context (default: kubectl's current one)")
    .addHelpText(
      'after',
      '\nExamples:\n  athanor context set prod --ingest ingest.example.com:443 … --api-key-file ~/prod-key --ca-file ca.pem\n  athanor context use prod',
    )
    .action(async (name: string, options: SetOptions, command: Command) => {
      const { apiKeyFile, caFile } = options;
      const { home } = commandContext(cli, command).options;
      const book = await readAddressBook(cli.env);
      const made = {
        addresses: addressesOf(options),
        // Absolute, because commands run in other folders too.
        apiKeyFile: resolve(apiKeyFile ?? (await meshHome({ env: cli.env, home })).credentialsFile),
        ...(caFile && { caFile: resolve(caFile) }),
        ...clusterOf(options),
      };
      await writeAddressBook(cli.env, { current: book.current ?? name, contexts: { ...book.contexts, [name]: made } });
      const use =
        (book.current ?? name) === name
          ? 'it is the current one'
          : `make it the current one: athanor context use ${name}`;
      cli.terminal.err(`Context ${name} is kept in ${addressBookPath(cli.env)}; ${use}.\n`);
    });
  context
    .command('use <name>')
    .description('make a context the current one')
    .addHelpText('after', '\nExamples:\n  athanor context use prod')
    .action(async (name: string) => {
      const book = await readAddressBook(cli.env);
      findContext(book, name);
      await writeAddressBook(cli.env, { ...book, current: name });
      cli.terminal.err(`Commands use ${name} from now on.\n`);
    });
  context
    .command('list')
    .description('list the contexts; * is the current one')
    .addHelpText('after', '\nExamples:\n  athanor context list')
    .action(async (_options: unknown, command: Command) => {
      const book = await readAddressBook(cli.env);
      const rows = Object.entries(book.contexts).map(([name, each]) => [
        name === book.current ? '*' : '',
        name,
        each.addresses.inference,
        each.apiKeyFile ?? '',
      ]);
      commandContext(cli, command).show({
        value: book,
        text: () => table(['', 'NAME', 'INFERENCE', 'API KEY FILE'], rows),
      });
      if (rows.length === 0)
        cli.terminal.err(
          'There is no context: commands use the mesh of the home folder. Add one with: athanor context set <name> …\n',
        );
    });
}

/** Certificates are for names, so with TLS the host name of this machine is used. */
function addressesOf({ caFile, ...given }: SetOptions): Addresses {
  const host = caFile === undefined ? '127.0.0.1' : 'localhost';
  const address = (name: keyof Addresses) => given[name] ?? `${host}:${servicePorts(name).public}`;
  return {
    ingest: address('ingest'),
    training: address('training'),
    registry: address('registry'),
    inference: address('inference'),
  };
}

function clusterOf({ release, namespace, kubeContext }: SetOptions): { cluster?: ClusterPlace } {
  if (release === undefined) return {};
  return { cluster: { release, namespace: namespace ?? release, ...(kubeContext !== undefined && { kubeContext }) } };
}
