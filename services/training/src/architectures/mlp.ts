import type { GraphBuilder, Value } from '@athanor/onnx';
import type { ModelDefinition, ModelParameter } from './model.js';

export interface MlpShape {
  readonly inputWidth: number;
  readonly hidden: readonly number[];
  readonly outputWidth: number;
}

/** Fully connected layers with ReLU between them: h ← max(0, hW + b), the last without ReLU. */
export function mlp({ inputWidth, hidden, outputWidth }: MlpShape): ModelDefinition {
  const widths = [inputWidth, ...hidden, outputWidth];
  const layers = widths.slice(1).map((width, index) => layer(index, widths[index]!, width));
  return {
    parameters: layers.flat(),
    forward(g, features, parameters) {
      return layers.reduce((h, [weight, bias], index) => {
        const activated = index === 0 ? h : g.op('Relu', [h], { name: 'relu' });
        return linear(g, activated, parameters.get(weight.name)!, parameters.get(bias.name)!);
      }, features);
    },
  };
}

function layer(index: number, fanIn: number, width: number): [weight: ModelParameter, bias: ModelParameter] {
  return [
    { name: `layer${index}.weight`, shape: [fanIn, width], initialization: { kind: 'he-uniform', fanIn } },
    { name: `layer${index}.bias`, shape: [width], initialization: { kind: 'zeros' } },
  ];
}

function linear(g: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return g.op('Gemm', [x, weight, bias], { name: 'linear' });
}
