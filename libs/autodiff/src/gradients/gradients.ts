// How each operator is differentiated: a line each.

export { gradient as Celu } from './activation/celu.js';
export { gradient as Dropout } from './activation/dropout.js';
export { gradient as Elu } from './activation/elu.js';
export { gradient as Gelu } from './activation/gelu.js';
export { gradient as HardSigmoid } from './activation/hard-sigmoid.js';
export { gradient as HardSwish } from './activation/hard-swish.js';
export { gradient as LeakyRelu } from './activation/leaky-relu.js';
export { gradient as LogSoftmax } from './activation/log-softmax.js';
export { gradient as Mish } from './activation/mish.js';
export { gradient as PRelu } from './activation/p-relu.js';
export { gradient as Relu } from './activation/relu.js';
export { gradient as Selu } from './activation/selu.js';
export { gradient as Sigmoid } from './activation/sigmoid.js';
export { gradient as Softmax } from './activation/softmax.js';
export { gradient as Softplus } from './activation/softplus.js';
export { gradient as Softsign } from './activation/softsign.js';
export { gradient as Tanh } from './activation/tanh.js';
export { gradient as ThresholdedRelu } from './activation/thresholded-relu.js';
export { gradient as Abs } from './arithmetic/abs.js';
export { gradient as Acos } from './arithmetic/acos.js';
export { gradient as Acosh } from './arithmetic/acosh.js';
export { gradient as Add } from './arithmetic/add.js';
export { gradient as Asin } from './arithmetic/asin.js';
export { gradient as Asinh } from './arithmetic/asinh.js';
export { gradient as Atan } from './arithmetic/atan.js';
export { gradient as Atanh } from './arithmetic/atanh.js';
export { gradient as Clip } from './arithmetic/clip.js';
export { gradient as Cos } from './arithmetic/cos.js';
export { gradient as Cosh } from './arithmetic/cosh.js';
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
export { gradient as Sin } from './arithmetic/sin.js';
export { gradient as Sinh } from './arithmetic/sinh.js';
export { gradient as Sqrt } from './arithmetic/sqrt.js';
export { gradient as Sub } from './arithmetic/sub.js';
export { gradient as Sum } from './arithmetic/sum.js';
export { gradient as Tan } from './arithmetic/tan.js';
export { gradient as Cast } from './casting/cast.js';
export { gradient as Identity } from './casting/identity.js';
export { gradient as Conv } from './convolution/conv.js';
export { gradient as ConvTranspose } from './convolution/conv-transpose.js';
export { gradient as Concat } from './layout/concat.js';
export { gradient as DepthToSpace } from './layout/depth-to-space.js';
export { gradient as Expand } from './layout/expand.js';
export { gradient as Flatten } from './layout/flatten.js';
export { gradient as Pad } from './layout/pad.js';
export { gradient as Reshape } from './layout/reshape.js';
export { gradient as Resize } from './layout/resize.js';
export { gradient as SpaceToDepth } from './layout/space-to-depth.js';
export { gradient as Split } from './layout/split.js';
export { gradient as Squeeze } from './layout/squeeze.js';
export { gradient as Tile } from './layout/tile.js';
export { gradient as Transpose } from './layout/transpose.js';
export { gradient as Unsqueeze } from './layout/unsqueeze.js';
export { gradient as Where } from './logic/where.js';
export { gradient as Einsum } from './matrix/einsum.js';
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
  noGradient as Hardmax,
  noGradient as IsInf,
  noGradient as IsNaN,
  noGradient as Less,
  noGradient as LessOrEqual,
  noGradient as NonZero,
  noGradient as Not,
  noGradient as OneHot,
  noGradient as Or,
  noGradient as Range,
  noGradient as Round,
  noGradient as Shape,
  noGradient as Sign,
  noGradient as Size,
  noGradient as Xor,
} from './no-gradient.js';
export { gradient as BatchNormalization } from './normalization/batch-normalization.js';
export { gradient as GroupNormalization } from './normalization/group-normalization.js';
export { gradient as InstanceNormalization } from './normalization/instance-normalization.js';
export { gradient as LayerNormalization } from './normalization/layer-normalization.js';
export { gradient as LpNormalization } from './normalization/lp-normalization.js';
export { gradient as MeanVarianceNormalization } from './normalization/mean-variance-normalization.js';
export { gradient as RMSNormalization } from './normalization/rms-normalization.js';
export { gradient as AveragePool } from './pooling/average-pool.js';
export { gradient as GlobalAveragePool } from './pooling/global-average-pool.js';
export { gradient as GlobalMaxPool } from './pooling/global-max-pool.js';
export { gradient as MaxPool } from './pooling/max-pool.js';
export { gradient as MaxUnpool } from './pooling/max-unpool.js';
export { gradient as CumSum } from './reduction/cum-sum.js';
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
export { gradient as GridSample } from './sampling/grid-sample.js';
export { gradient as Compress } from './selection/compress.js';
export { gradient as Gather } from './selection/gather.js';
export { gradient as GatherElements } from './selection/gather-elements.js';
export { gradient as GatherND } from './selection/gather-nd.js';
export { gradient as ScatterElements } from './selection/scatter-elements.js';
export { gradient as ScatterND } from './selection/scatter-nd.js';
export { gradient as Slice } from './selection/slice.js';
export { gradient as TopK } from './selection/top-k.js';
export { gradient as Trilu } from './selection/trilu.js';
export { unsupported as GRU, unsupported as LSTM, unsupported as RNN } from './unsupported.js';
