// Small parameters are packed into one vector: an optimizer step costs about ten nodes per tensor, which for a bias of 64
// floats is all overhead. Large ones stand alone: packing them would copy them twice per step.

import { type GraphBuilder, int, type Value } from '@athanor/onnx';
import { elementCount } from '@athanor/tensor';
import type { ParameterGroup } from '../optimizers/transform.js';

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface PackedGroup extends ParameterGroup {
  /** Alone under its own name, or several one after the other in a vector. */
  readonly members: readonly Parameter[];
}

export const PACKED = 'packed';

/** Parameters with fewer elements than `packBelow` share a vector, when there are at least two of them. */
export function packParameters(parameters: readonly Parameter[], packBelow: number): PackedGroup[] {
  const small = parameters.filter(({ shape }) => elementCount(shape) < packBelow);
  const packs = small.length > 1;
  const alone = parameters.filter(parameter => !packs || !small.includes(parameter));
  const groups: PackedGroup[] = alone.map(parameter => ({ ...parameter, members: [parameter] }));
  if (packs) groups.push({ name: PACKED, shape: [small.reduce(addCount, 0)], members: small });
  return groups;
}

/** The parameters by name, out of the groups' values. */
export function unpackValues(
  g: GraphBuilder,
  groups: readonly PackedGroup[],
  values: readonly Value[],
): Map<string, Value> {
  const named = new Map<string, Value>();
  for (const [index, { name, members }] of groups.entries()) {
    const value = values[index]!;
    if (name !== PACKED) {
      named.set(name, value);
      continue;
    }
    const sizes = members.map(({ shape }) => elementCount(shape));
    const parts = g.ops('Split', [value, g.axes(sizes)], { attributes: { axis: int(0) }, outputs: members.length });
    members.forEach((member, part) => {
      named.set(member.name, reshape(g, parts[part]!, member.shape));
    });
  }
  return named;
}

/** The groups' values, out of values by parameter name. */
export function packValues(
  g: GraphBuilder,
  groups: readonly PackedGroup[],
  named: ReadonlyMap<string, Value>,
): Value[] {
  return groups.map(({ name, members }) => {
    if (name !== PACKED) return named.get(name)!;
    const vectors = members.map(member => reshape(g, named.get(member.name)!, [elementCount(member.shape)]));
    return g.op('Concat', vectors, { attributes: { axis: int(0) } });
  });
}

function reshape(g: GraphBuilder, value: Value, shape: readonly number[]): Value {
  return value.shape.length === 1 && shape.length === 1 ? value : g.op('Reshape', [value, g.axes(shape)]);
}

function addCount(total: number, { shape }: Parameter): number {
  return total + elementCount(shape);
}
