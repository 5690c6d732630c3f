import { readFile } from 'node:fs/promises';
import { type AthanorClient, type AthanorClientOptions, createAthanorClient } from '@athanor/client';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { type ConnectOptions, resolveContext } from './resolve-context.js';

/** A client for the selected mesh. */
export async function connect(
  options: ConnectOptions & Pick<AthanorClientOptions, 'onOutage'>,
): Promise<AthanorClient> {
  const context = await resolveContext(options);
  const apiKey = context.apiKey ?? (await readApiKey(context.apiKeyFile ?? ''));
  const { addresses, caFile } = context;
  return createAthanorClient({ addresses, apiKey, caFile, onOutage: options.onOutage });
}

async function readApiKey(path: string): Promise<string> {
  const content = await readFile(path, 'utf8').catch(error => {
    throw new CliError(`the API key cannot be read: ${(error as Error).message}`, EXIT_CODES.denied, { cause: error });
  });
  return content.trimStart().startsWith('{') ? parseCredentials(path, content) : content.trim();
}

function parseCredentials(path: string, content: string): string {
  try {
    const { apiKey } = JSON.parse(content) as { apiKey?: unknown };
    if (typeof apiKey === 'string') return apiKey;
  } catch (cause) {
    throw new CliError(`${path} is not JSON: ${(cause as Error).message}`, EXIT_CODES.denied, { cause });
  }
  throw new CliError(`${path}: expected JSON with "apiKey", or the plain key`, EXIT_CODES.denied);
}
