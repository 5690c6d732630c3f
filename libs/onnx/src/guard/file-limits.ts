/** Limits of a file that somebody else made, checked before any of it is run or allocated. */
export interface FileLimits {
  readonly maxFileBytes: number;
  /** Messages, names and attribute values in the file: what a reader allocates. Elements of tensors do not count. */
  readonly maxEntries: number;
  /** Including the nodes of bodies, and those of functions at each call. */
  readonly maxNodes: number;
  /** Nesting of bodies (If, Loop, Scan). */
  readonly maxDepth: number;
  /** Bytes of one constant: a weight, or a tensor that ConstantOfShape or Expand makes of a constant shape. */
  readonly maxConstantBytes: number;
  /** Turns of a Loop with a constant trip count, times those of the loops around it. */
  readonly maxLoopTrips: number;
  readonly opsets: { readonly oldest: number; readonly newest: number };
}

const GIB = 1024 ** 3;

export const DEFAULT_FILE_LIMITS: FileLimits = {
  // Protobuf's own limit.
  maxFileBytes: 2 * GIB - 1,
  // Forests of thousands of trees have tens of millions of attribute values.
  maxEntries: 64_000_000,
  maxNodes: 100_000,
  // Protobuf's readers stop at 100 messages, and a body takes three (GraphProto, NodeProto, AttributeProto).
  maxDepth: 32,
  maxConstantBytes: 16 * GIB,
  maxLoopTrips: 10_000_000,
  // What the table of operators knows; the runtime refuses what it cannot run by itself.
  opsets: { oldest: 1, newest: 28 },
};
