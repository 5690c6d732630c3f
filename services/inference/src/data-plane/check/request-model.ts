import type { ModelSpec } from '../../served-models/model-spec.js';

/** The model that a request is checked against. */
export interface RequestModel {
  readonly name: string;
  readonly spec: ModelSpec;
}
