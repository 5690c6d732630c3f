import { tensor } from '@athanor/tensor';
import { graphAttribute } from '../attribute.js';
import type { Value, ValueType } from '../model.js';
import type { GraphBuilder } from './graph-builder.js';

export interface LoopOptions {
  /** Scalar INT64. */
  readonly tripCount: Value;
  /** Values carried from one iteration to the next. */
  readonly carried: readonly Value[];
  readonly name?: string;
}

export interface LoopStep {
  /** The carried values after this iteration, in the order of `carried`. */
  readonly carried: readonly Value[];
  /** Values of this iteration that are stacked along a new first axis. */
  readonly scanned: readonly Value[];
}

/** Runs `step` `tripCount` times. Values of `graph` may be used in the body; they are passed once, not per iteration. */
export function loop(
  graph: GraphBuilder,
  { tripCount, carried, name = 'loop' }: LoopOptions,
  step: (body: GraphBuilder, iteration: Value, carried: readonly Value[]) => LoopStep,
): LoopStep {
  const body = graph.body(`${name}_body`);
  const iteration = body.input(body.uniqueName('iteration'), { dtype: 'INT64', shape: [] });
  const keepGoing = body.input(body.uniqueName('keep_going'), { dtype: 'BOOL', shape: [] });
  const before = carried.map(value => body.input(body.uniqueName(value.name), value));
  const after = step(body, iteration, before);
  // The condition goes through Identity of a CPU bool: a computed one would cost a GPU a synchronization per iteration.
  body.output(body.op('Identity', [keepGoing]));
  for (const value of [...after.carried, ...after.scanned]) body.output(detached(body, value));
  const always = graph.constant(tensor('BOOL', [], Uint8Array.of(1)), 'true');
  const types: ValueType[] = [
    ...carried,
    ...after.scanned.map(({ dtype, shape }) => ({ dtype, shape: ['', ...shape] })),
  ];
  const outputs = graph.opaque('Loop', [tripCount, always, ...carried], types, {
    attributes: { body: graphAttribute(body.graph()) },
    name,
  });
  return { carried: outputs.slice(0, carried.length), scanned: outputs.slice(carried.length) };
}

// A body's output must be produced in the body: an input or an outer value is passed through Identity.
function detached(body: GraphBuilder, value: Value): Value {
  const made = body.nodes().some(node => node.outputs.includes(value.name));
  return made ? value : body.op('Identity', [value]);
}
