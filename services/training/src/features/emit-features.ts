import type { GraphBuilder, Value } from '@athanor/onnx';
import type { NetworkValues } from '../architectures/architecture.js';
import { type FittedTransform, featureName } from './feature-set.js';

/** Emits transforms for raw columns by name. */
export function emitFeatures(
  g: GraphBuilder,
  features: readonly FittedTransform[],
  rawOf: (column: string) => Value,
): NetworkValues {
  const dense: Value[] = [];
  const indices = new Map<string, Value>();
  const images = new Map<string, Value>();
  for (const feature of features) {
    const raw = feature.columns.map(({ name }) => rawOf(name));
    const encoded = feature.transform.emit(g, raw, feature.fitted);
    if (encoded.kind === 'dense') dense.push(encoded.value);
    else if (encoded.kind === 'index') indices.set(featureName(feature), encoded.value);
    else images.set(featureName(feature), encoded.value);
  }
  return { dense: joinColumns(g, dense), indices, images };
}

/** Dense features side by side; undefined if there are none. */
export function joinColumns(g: GraphBuilder, parts: readonly Value[]): Value | undefined {
  if (parts.length < 2) return parts[0];
  return g.op('Concat', parts, { name: 'features', attributes: { axis: 1 } });
}
