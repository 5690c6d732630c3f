export {
  type ApiKeyEntry,
  type Authenticate,
  createApiKey,
  createAuthenticator,
  createTokenAuthority,
  hashApiKey,
  KeyRing,
  loadMeshSecret,
  type OnBehalfOf,
  type Principal,
  parseKeysFile,
  type TokenAuthority,
} from './auth/index.js';
export {
  ConfigError,
  checkBind,
  type Environment,
  eventFields,
  flag,
  integer,
  loadConfig,
  port,
  type ServiceConfig,
  s3Options,
  serviceFields,
  stateFields,
  text,
} from './config/index.js';
export {
  CODE_NUMBERS,
  type Code,
  codeName,
  type ErrorData,
  type FieldViolation,
  invalidFields,
  notFound,
  ServiceError,
} from './errors/index.js';
export { Closing } from './lifecycle/closing.js';
export { armCrashPoint, crashPoint } from './lifecycle/crash-point.js';
export { type App, runProcess, type ServiceApp } from './lifecycle/run-process.js';
export { openTokenAuthority, type RunningService, type ServiceOptions, startService } from './lifecycle/service.js';
export {
  type AdapterOptions,
  adaptService,
  CallContext,
  checkResourceId,
  checkSameRequest,
  composeInterceptors,
  defaultInterceptors,
  fromTimestamp,
  type Interceptor,
  ListenError,
  type Page,
  type PageRequest,
  type RpcServer,
  readPage,
  requestFingerprint,
  startRpcServer,
  type Timestamp,
  toPage,
  toStatus,
  toTimestamp,
} from './rpc/index.js';
export {
  createTelemetry,
  extractTraceparent,
  type Telemetry,
  type TelemetryOptions,
  traceparentOf,
} from './telemetry/index.js';
