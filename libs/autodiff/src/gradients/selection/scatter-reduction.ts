import type { GraphBuilder, Value } from '@athanor/onnx';
import { add, cast, div, mul, onesLike, scalar, sub, zerosLike } from '../../emit.js';

type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min';

/** A scatter by whichever operator, and the gather that reads the same elements. */
export interface ScatterCall {
  readonly g: GraphBuilder;
  readonly data: Value;
  readonly updates: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly reduction: Reduction;
  readonly wanted: { readonly data: boolean; readonly updates: boolean };
  scatter(data: Value, updates: Value, reduction: Reduction): Value;
  gather(from: Value): Value;
}

interface ScatterGradients {
  readonly data: Value | undefined;
  readonly updates: Value | undefined;
}

export function scatterGradients(call: ScatterCall): ScatterGradients {
  const { g, updates, dy, reduction, wanted, scatter, gather } = call;
  if (reduction === 'mul') return ofProduct(call);
  if (reduction === 'max' || reduction === 'min') return ofExtreme(call);
  const gradient = () => (reduction === 'add' ? dy : scatter(dy, zerosLike(g, updates), 'none'));
  return { data: wanted.data ? gradient() : undefined, updates: wanted.updates ? gather(dy) : undefined };
}

// The element and the updates that equal the result get equal shares, as with torch.scatter_reduce.
function ofExtreme({ g, data, updates, y, dy, wanted, scatter, gather }: ScatterCall): ScatterGradients {
  const ofData = cast(g, g.op('Equal', [data, y]), dy.dtype);
  const ofUpdates = cast(g, g.op('Equal', [updates, gather(y)]), dy.dtype);
  const share = div(g, dy, scatter(ofData, ofUpdates, 'add'));
  return {
    data: wanted.data ? mul(g, share, ofData) : undefined,
    updates: wanted.updates ? mul(g, gather(share), ofUpdates) : undefined,
  };
}

// The product of the other factors: 0 if two updates are 0; of one that is 0, the product of all that are not.
function ofProduct({ g, data, updates, dy, wanted, scatter, gather }: ScatterCall): ScatterGradients {
  const one = scalar(g, dy.dtype, 1);
  const ofUpdates = () => {
    const equals = (value: Value, number: number) =>
      cast(g, g.op('Equal', [value, scalar(g, dy.dtype, number)]), dy.dtype);
    const isZero = equals(updates, 0);
    const nonZero = add(g, updates, isZero);
    const zeros = gather(scatter(zerosLike(g, data), isZero, 'add'));
    const ofZero = mul(g, isZero, equals(zeros, 1));
    const ofOthers = div(g, mul(g, sub(g, one, isZero), equals(zeros, 0)), nonZero);
    return mul(g, gather(mul(g, dy, scatter(data, nonZero, 'mul'))), add(g, ofZero, ofOthers));
  };
  return {
    data: wanted.data ? mul(g, dy, scatter(onesLike(g, data), updates, 'mul')) : undefined,
    updates: wanted.updates ? ofUpdates() : undefined,
  };
}
