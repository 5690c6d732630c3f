// Augmentations on the command line: --augment flip,crop --augment.crop.padding 6. There may be several, so that a parameter
// names its kind too.

import { type PlainComponent, toCamel } from '@athanor/contracts';
import type { ComponentKind } from '@athanor/contracts/api';
import { type GivenParameter, readComponent, usage } from '../components/component-options.js';

/** The option of the family "augmentation", and what its parameters begin with. */
export const AUGMENT = 'augment';
const FAMILY = 'augmentation';

/** In the order in which they were named; undefined if nothing was said about them. */
export function readAugmentations(
  named: readonly string[] | undefined,
  given: readonly GivenParameter[],
  kinds: readonly ComponentKind[],
): PlainComponent[] | undefined {
  const own = given.filter(({ family }) => family === AUGMENT);
  for (const { path } of own) assertNamed(path, named ?? []);
  return named?.map(kind => {
    const ofKind = own.filter(({ path }) => path[0] === toCamel(kind));
    const parameters = ofKind.map(({ path, text }) => ({ family: FAMILY, path: path.slice(1), text }));
    return readComponent({ family: FAMILY, kind, given: parameters, kinds })!;
  });
}

function assertNamed([kind = '', ...parameter]: readonly string[], named: readonly string[]): void {
  if (parameter.length === 0) throw usage(`expected --${AUGMENT}.<kind>.<parameter>, got --${AUGMENT}.${kind}`);
  if (named.some(each => toCamel(each) === kind)) return;
  const list = named.length === 0 ? 'none' : named.join(',');
  throw usage(
    `--${AUGMENT}.${kind}.${parameter.join('.')}: expected '${kind}' among the kinds of --${AUGMENT}, got ${list}`,
  );
}
