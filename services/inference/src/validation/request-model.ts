import type { ModelSpec } from '../served-models/model-spec.js';

/** What a request is checked against. */
export interface RequestModel {
  readonly name: string;
  readonly spec: ModelSpec;
}
