export type { Available, Unavailable } from './availability.js';
export { createAuthority, hasOpenssl, type TestAuthority, type TestCertificate } from './certificates.js';
export { startDatabaseEngines, type TestEngine, type TestEngines } from './database-engines.js';
export { freePort } from './free-port.js';
export { findGrpcurl } from './grpcurl.js';
export { startNats, type TestNats, type TestNatsOptions } from './nats.js';
export { startPostgres, startPostgresServer, type TestPostgres } from './postgres.js';
export { startS3, type TestS3 } from './s3.js';
export { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.js';
