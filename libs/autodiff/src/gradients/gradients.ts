// How each operator is differentiated: a line each.

export { gradient as LogSoftmax } from './activation/log-softmax.js';
export { gradient as Relu } from './activation/relu.js';
export { gradient as Sigmoid } from './activation/sigmoid.js';
export { gradient as Softmax } from './activation/softmax.js';
export { gradient as Tanh } from './activation/tanh.js';
export { gradient as Abs } from './arithmetic/abs.js';
export { gradient as Add } from './arithmetic/add.js';
export { gradient as Clip } from './arithmetic/clip.js';
export { gradient as Div } from './arithmetic/div.js';
export { gradient as Erf } from './arithmetic/erf.js';
export { gradient as Exp } from './arithmetic/exp.js';
export { gradient as Log } from './arithmetic/log.js';
export { gradient as Max } from './arithmetic/max.js';
export { gradient as Mean } from './arithmetic/mean.js';
export { gradient as Min } from './arithmetic/min.js';
export { gradient as Mod } from './arithmetic/mod.js';
export { gradient as Mul } from './arithmetic/mul.js';
export { gradient as Neg } from './arithmetic/neg.js';
export { gradient as Pow } from './arithmetic/pow.js';
export { gradient as Reciprocal } from './arithmetic/reciprocal.js';
export { gradient as Sqrt } from './arithmetic/sqrt.js';
export { gradient as Sub } from './arithmetic/sub.js';
export { gradient as Sum } from './arithmetic/sum.js';
export { gradient as Cast } from './casting/cast.js';
export { gradient as Identity } from './casting/identity.js';
export { gradient as Concat } from './layout/concat.js';
export { gradient as Expand } from './layout/expand.js';
export { gradient as Flatten } from './layout/flatten.js';
export { gradient as Reshape } from './layout/reshape.js';
export { gradient as Split } from './layout/split.js';
export { gradient as Squeeze } from './layout/squeeze.js';
export { gradient as Transpose } from './layout/transpose.js';
export { gradient as Unsqueeze } from './layout/unsqueeze.js';
export { gradient as Where } from './logic/where.js';
export { gradient as Gemm } from './matrix/gemm.js';
export { gradient as MatMul } from './matrix/mat-mul.js';
export {
  noGradient as And,
  noGradient as ArgMax,
  noGradient as ArgMin,
  noGradient as Ceil,
  noGradient as Constant,
  noGradient as ConstantOfShape,
  noGradient as Equal,
  noGradient as Floor,
  noGradient as Greater,
  noGradient as GreaterOrEqual,
  noGradient as IsInf,
  noGradient as IsNaN,
  noGradient as Less,
  noGradient as LessOrEqual,
  noGradient as Not,
  noGradient as OneHot,
  noGradient as Or,
  noGradient as Range,
  noGradient as Round,
  noGradient as Shape,
  noGradient as Sign,
  noGradient as Size,
  noGradient as Slice,
  noGradient as Xor,
} from './no-gradient.js';
export { gradient as ReduceL1 } from './reduction/reduce-l1.js';
export { gradient as ReduceL2 } from './reduction/reduce-l2.js';
export { gradient as ReduceLogSum } from './reduction/reduce-log-sum.js';
export { gradient as ReduceLogSumExp } from './reduction/reduce-log-sum-exp.js';
export { gradient as ReduceMax } from './reduction/reduce-max.js';
export { gradient as ReduceMean } from './reduction/reduce-mean.js';
export { gradient as ReduceMin } from './reduction/reduce-min.js';
export { gradient as ReduceProd } from './reduction/reduce-prod.js';
export { gradient as ReduceSum } from './reduction/reduce-sum.js';
export { gradient as ReduceSumSquare } from './reduction/reduce-sum-square.js';
export { gradient as Gather } from './selection/gather.js';
export { gradient as GatherElements } from './selection/gather-elements.js';
export { gradient as GatherND } from './selection/gather-nd.js';
export { gradient as ScatterElements } from './selection/scatter-elements.js';
export { gradient as ScatterND } from './selection/scatter-nd.js';
export { unsupported as GRU, unsupported as LSTM, unsupported as RNN } from './unsupported.js';
