export { type CertificateFiles, openCertificates, type WatchedCertificates } from './certificates.js';
export { channelCredentials, serverCredentials } from './credentials.js';
