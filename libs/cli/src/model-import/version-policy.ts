import { CliError, EXIT_CODES } from '../exit-codes.js';

/**
 * The versions that Triton would serve (version_policy of config.pbtxt; default: the newest), ascending, so that the
 * newest is imported last.
 */
export async function selectVersions(config: string | undefined, found: readonly number[]): Promise<number[]> {
  const ascending = [...found].sort((a, b) => a - b);
  if (config === undefined) return ascending.slice(-1);
  // Loaded on demand: it reads protobuf's text format.
  const { parseModelConfig } = await import('@athanor/model-import/model-config');
  const policy = parseModelConfig(config).versionPolicy;
  if (policy?.all) return ascending;
  if (!policy?.specific) return ascending.slice(-Math.max(policy?.latest?.numVersions ?? 1, 1));
  const wanted = policy.specific.versions.map(Number);
  const missing = wanted.filter(version => !ascending.includes(version));
  if (missing.length === 0 && wanted.length > 0) return wanted.sort((a, b) => a - b);
  throw new CliError(
    `config.pbtxt: version_policy names the versions ${wanted.join(', ') || 'none'}, but the folder has ${ascending.join(', ')}`,
    EXIT_CODES.usage,
  );
}
