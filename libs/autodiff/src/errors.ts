import type { Node } from '@athanor/onnx';

/**
 * The loss depends on a requested value through an operator without a gradient rule. This is an error, never a silent
 * zero.
 */
export class MissingGradientError extends Error {
  override readonly name = 'MissingGradientError';
  readonly op: string;
  readonly outputs: readonly string[];

  constructor(node: Node, reason = 'has no gradient rule') {
    super(`operator ${node.op} (node that makes ${node.outputs.map(name => `"${name}"`).join(', ')}) ${reason}`);
    this.op = node.op;
    this.outputs = node.outputs;
  }
}

/** A rule cannot emit the gradient for these types or attributes. */
export class GradientError extends Error {
  override readonly name = 'GradientError';
}
