// Transforms on the command line: --transform price=quantile --transform.price.quantiles 100. Each belongs to a column, so that
// a parameter names the column too.

import { toCamel, toComponent } from '@athanor/contracts';
import type { ComponentKind } from '@athanor/contracts/api';
import type { ColumnTransformInput } from '@athanor/contracts/training';
import { type GivenParameter, readComponent, usage } from '../components/component-options.js';

/** The option, and what the parameters begin with. */
export const TRANSFORM = 'transform';

/** In the order in which they were named; undefined if nothing was said about them. */
export function readTransforms(
  named: readonly string[] | undefined,
  given: readonly GivenParameter[],
  kinds: readonly ComponentKind[],
): ColumnTransformInput[] | undefined {
  const own = given.filter(({ family }) => family === TRANSFORM);
  const columns = (named ?? []).map(text => {
    const at = text.lastIndexOf('=');
    if (at <= 0) throw usage(`--${TRANSFORM}: expected column=kind, got '${text}'`);
    return { column: text.slice(0, at), kind: text.slice(at + 1) };
  });
  const stray = own.find(parameter => !columns.some(({ column }) => parameterOf(column, parameter)));
  if (stray !== undefined) {
    const list = columns.length === 0 ? 'none' : columns.map(({ column }) => column).join(', ');
    throw usage(
      `--${TRANSFORM}.${stray.path.join('.')}: expected --${TRANSFORM}.<column>.<parameter> of a column of --${TRANSFORM}, got ${list}`,
    );
  }
  return (
    named &&
    columns.map(({ column, kind }) => {
      const ofColumn = own.flatMap(parameter => parameterOf(column, parameter) ?? []);
      return {
        columns: [column],
        transform: toComponent(readComponent({ family: TRANSFORM, kind, given: ofColumn, kinds })!),
      };
    })
  );
}

/** The parameter without its column; undefined if it belongs to another one. */
function parameterOf(column: string, { family, path, text }: GivenParameter): GivenParameter | undefined {
  const prefix = column.split('.').map(toCamel);
  const isOwn = path.length > prefix.length && prefix.every((part, index) => part === path[index]);
  return isOwn ? { family, path: path.slice(prefix.length), text } : undefined;
}
