import type { z } from 'zod';

/** All problems of a configuration, each with its variable's name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} problem(s):\n${problems.map(each => `  - ${each}`).join('\n')}`);
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a service's configuration from variables ATHANOR_<SERVICE>_<KEY>, else ATHANOR_<KEY>. A key of the schema is
 * the last part, for example PORT. Throws ConfigError with all problems together.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, service: string, env: Environment): z.output<S> {
  const own = `ATHANOR_${service.toUpperCase()}_`;
  const found = new Map<string, Variable>();
  for (const key of Object.keys(schema.shape)) {
    const variable = [own + key, `ATHANOR_${key}`].find(name => env[name] !== undefined);
    const value = variable === undefined ? '' : (env[variable] ?? '');
    if (variable !== undefined && value.trim() !== '') found.set(key, { variable, value });
  }
  const parsed = schema.safeParse(Object.fromEntries([...found].map(([key, { value }]) => [key, value])));
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(issue => describe(issue, own, found)));
}

/** Where a value was read from. */
interface Variable {
  readonly variable: string;
  readonly value: string;
}

function describe(issue: z.core.$ZodIssue, prefix: string, found: ReadonlyMap<string, Variable>): string {
  const key = String(issue.path[0] ?? '');
  const read = found.get(key);
  const received = read === undefined ? 'it is not set' : `it is '${isSecret(key) ? '…' : read.value}'`;
  return `${read?.variable ?? prefix + key}: ${issue.message} (${received})`;
}

function isSecret(key: string): boolean {
  return /SECRET|PASSWORD|TOKEN|URL/.test(key);
}
