import { TENANT_PERMISSIONS } from '@athanor/contracts';
import { type Home, readJsonFile } from '@athanor/mesh/home';
import { addKey, readKeys, removeKey } from '@athanor/mesh/keys';
import { apiKeyId, createApiKey } from '@athanor/service/api-keys';
import type { ApiKeyEntry } from '@athanor/service/keys-file';
import type { CommandContext } from '../commands/command-context.js';
import { meshHome, namedContext } from '../context/resolve-context.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { commandLine } from '../mesh/command-line.js';
import { fields, render, table } from '../output/render.js';

export interface CreateKeyOptions {
  readonly tenant: string;
  readonly permissions: string[];
  readonly expires?: string;
  readonly note?: string;
}

const SHOWN_ONCE = 'The key is shown only once; store it now.';

export async function createKey(context: CommandContext, options: CreateKeyOptions): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(options.tenant)) {
    const message = `--tenant: expected lower case letters, digits and hyphens, got '${options.tenant}'`;
    throw new CliError(message, EXIT_CODES.usage);
  }
  const { key, entry } = createApiKey(options);
  const remote = await namedContext({ env: context.env, ...context.options });
  if (remote !== undefined) return showEntry(context, key, entry);
  const { home } = await keysOfHome(context);
  await addKey(home, entry);
  const { hash: _hash, ...shown } = entry;
  context.show({ value: { ...shown, key }, text: () => fields([...describe(entry), ['Key', key]]) });
  context.terminal.err(`${SHOWN_ONCE} It is accepted within a second.\n`);
}

/** Keys of a release are values of its chart. */
function showEntry({ show, terminal }: CommandContext, key: string, entry: ApiKeyEntry): void {
  const values = render({ value: { apiKeys: { entries: [entry] } }, text: () => '' }, 'yaml');
  show({ value: { key, entry }, text: () => `${fields([['Key', key]])}\n${values}` });
  terminal.err(`${SHOWN_ONCE} Add the entry to apiKeys.entries of the release's values, then: helm upgrade\n`);
}

export async function showKeys(context: CommandContext): Promise<void> {
  const { keys } = await keysOfHome(context);
  const rows = keys.map(each => [
    each.id,
    each.tenant,
    permissionsText(each.permissions),
    expiryText(each),
    each.note ?? '',
  ]);
  context.show({
    value: keys.map(({ hash: _hash, ...shown }) => shown),
    text: () => table(['ID', 'TENANT', 'PERMISSIONS', 'EXPIRES', 'NOTE'], rows),
  });
}

export async function revokeKey(context: CommandContext, id: string): Promise<void> {
  const { home } = await keysOfHome(context);
  const own = await readJsonFile<{ apiKey: string }>(home.credentialsFile);
  if (own !== undefined && apiKeyId(own.apiKey) === id) {
    const message = `key ${id} is the one of ${home.credentialsFile}, by which these commands call; remove that file and start the mesh again for another, then revoke this one`;
    throw new CliError(message, EXIT_CODES.refused);
  }
  if ((await removeKey(home, id)) === undefined) {
    const list = commandLine('key list', context.options.home);
    throw new CliError(`there is no key '${id}'; list the keys with: ${list}`, EXIT_CODES.notFound);
  }
  context.terminal.err(`Key ${id} is revoked; within a second no call passes with it.\n`);
}

/** The selected home folder and its keys. Keys of a mesh elsewhere cannot be listed or changed from this machine. */
async function keysOfHome(context: CommandContext): Promise<{ home: Home; keys: ApiKeyEntry[] }> {
  const { env, options } = context;
  if ((await namedContext({ env, ...options })) !== undefined) {
    const message =
      "this context's mesh runs elsewhere, with its keys in apiKeys.entries of its chart's values; change them there and helm upgrade, or name a home with --home";
    throw new CliError(message, EXIT_CODES.refused);
  }
  const home = await meshHome({ env, home: options.home });
  const keys = await readKeys(home);
  if (keys !== undefined) return { home, keys };
  const up = commandLine('up', options.home);
  throw new CliError(
    `${home.root} has no keys yet: they are created at the first start, by: ${up}`,
    EXIT_CODES.notFound,
  );
}

function describe(entry: ApiKeyEntry): [string, string][] {
  return [
    ['ID', entry.id],
    ['Tenant', entry.tenant],
    ['Permissions', permissionsText(entry.permissions)],
    ['Expires', expiryText(entry)],
    ['Note', entry.note ?? ''],
  ];
}

function permissionsText(permissions: readonly string[]): string {
  const hasAll = permissions.includes('*') || TENANT_PERMISSIONS.every(name => permissions.includes(name));
  return hasAll ? 'all' : permissions.join(', ');
}

function expiryText({ expires }: ApiKeyEntry): string {
  if (expires === undefined) return 'never';
  return Date.parse(expires) > Date.now() ? expires : `${expires} (expired)`;
}
