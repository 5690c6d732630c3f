import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { WatchedCertificates } from './certificates.js';

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
