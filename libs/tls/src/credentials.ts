import { type ChannelCredentials, credentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import {
  type CertificateFiles,
  openCertificates,
  type WatchedCertificates,
  type WatchOptions,
} from './certificates.js';

/** Of a listener. With `mutual`, who has no certificate of the trusted authorities is refused in the handshake. */
export function serverCredentials(
  certificates: WatchedCertificates,
  { mutual }: { mutual: boolean },
): ServerCredentials {
  return experimental.createCertificateProviderServerCredentials(certificates, mutual ? certificates : null, mutual);
}

/** Of a caller. With `mutual`, it shows its own certificate. */
export function channelCredentials(
  certificates: WatchedCertificates,
  { mutual }: { mutual: boolean },
): ChannelCredentials {
  return experimental.createCertificateProviderChannelCredentials(certificates, mutual ? certificates : null);
}

/** What a channel is opened with, and how to stop watching its files. */
export interface OpenedCredentials {
  readonly credentials: ChannelCredentials;
  close(): void;
}

/** Plain without an authority; with the caller's own certificate where it has one. Throws as openCertificates does. */
export function openChannelCredentials(files: CertificateFiles, options?: WatchOptions): OpenedCredentials {
  if (files.caFile === undefined) return { credentials: credentials.createInsecure(), close: () => undefined };
  const certificates = openCertificates(files, options);
  return {
    credentials: channelCredentials(certificates, { mutual: files.certFile !== undefined }),
    close: () => certificates.close(),
  };
}
