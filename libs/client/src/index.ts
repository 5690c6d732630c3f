export {
  type Addresses,
  type AthanorClient,
  type AthanorClientOptions,
  createAthanorClient,
} from './athanor-client.js';
export { allPages, collectChunks } from './paging.js';
export type { CallOptions } from './rpc/call-options.js';
export type { ChannelOptions } from './rpc/channel.js';
export { type RpcCode, RpcError, type Violation } from './rpc/rpc-error.js';
export { createStub, type Stub } from './rpc/stub.js';
export { type UploadFileOptions, uploadFile } from './upload/upload-file.js';
