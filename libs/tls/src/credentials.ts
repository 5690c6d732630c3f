import { type ChannelCredentials, credentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import {
  type CertificateFiles,
  openCertificates,
  type WatchedCertificates,
  type WatchOptions,
} from './certificates.js';

/**
 * For a listener. With `mutual`, callers without a certificate of the trusted authorities are refused in the handshake.
 */
export function serverCredentials(
  certificates: WatchedCertificates,
  { mutual }: { mutual: boolean },
): ServerCredentials {
  return experimental.createCertificateProviderServerCredentials(certificates, mutual ? certificates : null, mutual);
}

/** For a client. With `mutual`, it presents its own certificate. */
export function channelCredentials(
  certificates: WatchedCertificates,
  { mutual }: { mutual: boolean },
): ChannelCredentials {
  return experimental.createCertificateProviderChannelCredentials(certificates, mutual ? certificates : null);
}

/** Credentials of a channel, and a function to stop watching their files. */
export interface OpenedCredentials {
  readonly credentials: ChannelCredentials;
  close(): void;
}

/** Plain without an authority; with the client's own certificate if it has one. Throws like openCertificates. */
export function openChannelCredentials(files: CertificateFiles, options?: WatchOptions): OpenedCredentials {
  if (files.caFile === undefined) return { credentials: credentials.createInsecure(), close: () => undefined };
  const certificates = openCertificates(files, options);
  return {
    credentials: channelCredentials(certificates, { mutual: files.certFile !== undefined }),
    close: () => certificates.close(),
  };
}
