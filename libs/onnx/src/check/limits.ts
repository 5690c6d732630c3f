/** Limits of a model, checked before any of it runs. */
export interface ModelLimits {
  readonly maxFileBytes: number;
  /** Including nodes of bodies. */
  readonly maxNodes: number;
  readonly maxInitializerBytes: number;
  /** Nesting of bodies (If, Loop, Scan). */
  readonly maxDepth: number;
  /** Domains besides ai.onnx and ai.onnx.ml whose operators are accepted unchecked. */
  readonly extraDomains: readonly string[];
}

const GIB = 1024 ** 3;

export const DEFAULT_LIMITS: ModelLimits = {
  // Protobuf's own limit.
  maxFileBytes: 2 * GIB - 1,
  maxNodes: 100_000,
  maxInitializerBytes: 2 * GIB - 1,
  maxDepth: 8,
  extraDomains: [],
};
