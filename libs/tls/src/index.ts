export { type CertificateFiles, openCertificates, type WatchedCertificates } from './certificates.js';
export {
  channelCredentials,
  type OpenedCredentials,
  openChannelCredentials,
  serverCredentials,
} from './credentials.js';
