// The training state in two forms: as the graph carries it (groups and slots), and by name as in checkpoints: one
// tensor per parameter, `<parameter>`, one per parameter and optimizer role, `<role>.<parameter>`, and one per buffer.

import { elementCount, type Tensor, tensor, zeros } from '@athanor/tensor';
import type { Buffer } from './network.js';
import type { TrainGraph } from './train-graph.js';

type Graph = Pick<TrainGraph, 'groups' | 'optimizerSlots' | 'buffers'>;
type Fp32 = Tensor<'FP32'>;

interface CarriedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its members, in order. */
  readonly members: readonly Buffer[];
}

/** Feeds for a run. Values missing in `named` start at zero. */
export function packState(graph: Graph, named: ReadonlyMap<string, Fp32>): Record<string, Fp32> {
  const state: Record<string, Fp32> = {};
  for (const { name, shape, members } of carriedTensors(graph)) {
    const packed = zeros('FP32', shape);
    let offset = 0;
    for (const member of members) {
      const value = named.get(member.name);
      if (value) packed.data.set(value.data, offset);
      offset += elementCount(member.shape);
    }
    state[name] = packed;
  }
  return state;
}

/** The inverse of `packState`; the tensors are views. */
export function unpackState(graph: Graph, state: Readonly<Record<string, Tensor>>): Map<string, Fp32> {
  const named = new Map<string, Fp32>();
  for (const { name, members } of carriedTensors(graph)) {
    const { data } = state[name] as Fp32;
    let offset = 0;
    for (const member of members) {
      const count = elementCount(member.shape);
      named.set(member.name, tensor('FP32', member.shape, data.subarray(offset, offset + count)));
      offset += count;
    }
  }
  return named;
}

/** Name and shape of every tensor that `packState` reads. */
export function stateShapes(graph: Graph): Map<string, readonly number[]> {
  return new Map(
    carriedTensors(graph).flatMap(({ members }) => members.map(({ name, shape }) => [name, shape] as const)),
  );
}

function carriedTensors({ groups, optimizerSlots, buffers }: Graph): CarriedTensor[] {
  const membersOf = new Map(groups.map(group => [group.name, group.members]));
  const slots = optimizerSlots.map(({ name, role, group, shape }) => {
    const members = membersOf.get(group)!.map(member => ({ name: `${role}.${member.name}`, shape: member.shape }));
    return { name, shape, members };
  });
  return [...groups, ...slots, ...buffers.map(buffer => ({ ...buffer, members: [buffer] }))];
}
