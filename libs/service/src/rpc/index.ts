export { CallContext, composeInterceptors, type Interceptor } from './call-context.js';
export { type AdapterOptions, adaptService } from './grpc-adapter.js';
export { defaultInterceptors, type InterceptorOptions } from './interceptors/index.js';
export { ListenError } from './listen-error.js';
export { type Page, type PageRequest, readPage, toPage } from './page.js';
export { checkResourceId, checkSameRequest, requestFingerprint } from './resource-id.js';
export { type RpcServer, type RpcServerOptions, startRpcServer } from './server.js';
export { toStatus } from './status.js';
export { fromTimestamp, type Timestamp, toTimestamp } from './timestamp.js';
