// Small parameters are packed into one vector: an optimizer step takes about ten nodes per tensor, which is mostly
// overhead for a bias of 64 floats. Large ones are not packed, because that would copy them twice per step.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { elementCount } from '@athanor/tensor';
import type { ParameterGroup } from '../optimizers/transform.js';
import type { Parameter } from './network.js';

export interface PackedGroup extends ParameterGroup {
  /** Whether its members are concatenated. */
  readonly isVector: boolean;
}

/** Parameters with fewer elements than `packBelow` share a vector, if there are at least two of them. */
export function packParameters(parameters: readonly Parameter[], packBelow: number): PackedGroup[] {
  const small = parameters.filter(({ shape }) => elementCount(shape) < packBelow);
  const packs = small.length > 1;
  const alone = parameters.filter(parameter => !packs || !small.includes(parameter));
  const groups: PackedGroup[] = alone.map(parameter => ({ ...parameter, members: [parameter], isVector: false }));
  if (packs) {
    const shape = [small.reduce(addCount, 0)];
    groups.push({ name: vectorName(parameters), shape, members: small, isVector: true });
  }
  return groups;
}

/** A name that no parameter has. */
function vectorName(parameters: readonly Parameter[]): string {
  const taken = new Set(parameters.map(({ name }) => name));
  let name = 'packed';
  while (taken.has(name)) name = `${name}_`;
  return name;
}

/** The parameters by name, extracted from the groups' values. */
export function unpackValues(
  g: GraphBuilder,
  groups: readonly PackedGroup[],
  values: readonly Value[],
): Map<string, Value> {
  const named = new Map<string, Value>();
  for (const [index, { name, members, isVector }] of groups.entries()) {
    const value = values[index]!;
    if (!isVector) {
      named.set(name, value);
      continue;
    }
    const sizes = members.map(({ shape }) => elementCount(shape));
    const parts = g.ops('Split', [value, g.axes(sizes)], { attributes: { axis: 0 }, outputs: members.length });
    members.forEach((member, part) => {
      named.set(member.name, reshape(g, parts[part]!, member.shape));
    });
  }
  return named;
}

/** The groups' values, from values by parameter name. */
export function packValues(
  g: GraphBuilder,
  groups: readonly PackedGroup[],
  named: ReadonlyMap<string, Value>,
): Value[] {
  return groups.map(({ name, members, isVector }) => {
    if (!isVector) return named.get(name)!;
    const vectors = members.map(member => reshape(g, named.get(member.name)!, [elementCount(member.shape)]));
    return g.op('Concat', vectors, { attributes: { axis: 0 } });
  });
}

function reshape(g: GraphBuilder, value: Value, shape: readonly number[]): Value {
  return value.shape.length === 1 && shape.length === 1 ? value : g.op('Reshape', [value, g.axes(shape)]);
}

function addCount(total: number, { shape }: Parameter): number {
  return total + elementCount(shape);
}
