export {
  type Addresses,
  type AthanorClient,
  type AthanorClientOptions,
  createAthanorClient,
} from './athanor-client.js';
export { type ColumnInput, ColumnValueError, columnTensors, compareColumns, type NamedRow } from './column-tensors.js';
export { type InferRequest, type InferResponse, type InferTensor, infer } from './infer.js';
export { allPages, chunkBytes, collectChunks, collectPages } from './paging.js';
export { type Datatype, decodeRaw, encodeRaw, type TensorData, toTensorData } from './raw-tensor.js';
export type { CallOptions } from './rpc/call-options.js';
export type { ChannelOptions } from './rpc/channel.js';
export type { Outage } from './rpc/outage.js';
export { type RpcCode, RpcError, toRpcError, type Violation } from './rpc/rpc-error.js';
export { createStub, type Stub } from './rpc/stub.js';
export { type UploadFileOptions, type UploadStub, uploadFile } from './upload/upload-file.js';
