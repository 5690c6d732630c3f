import { checkResourceId, invalidFields } from '@athanor/service';

/** How clients write a version: 3, v3, latest. */
const READS_LIKE_A_VERSION = /^(v?\d+|latest)$/;

/**
 * Checks the name of an alias. Names that read like versions are reserved: `model@2` must not mean version 5. Names of
 * models, datasets and deployments need no such rule, because they are never used where a version may be.
 */
export function checkAlias(field: string, alias: string): string {
  checkResourceId(field, alias);
  if (!READS_LIKE_A_VERSION.test(alias)) return alias;
  const description =
    "expected a name that does not read like a version ('latest', digits, and 'v' with digits are reserved), " +
    `for example 'champion'; got '${alias}'`;
  throw invalidFields([{ field, description }]);
}
