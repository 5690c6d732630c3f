import type { OnBehalfOf, TokenAuthority } from '../auth/index.js';
import type { ServiceConfig } from '../config/index.js';

/**
 * How a service connects to others, except for their addresses: its certificate, their authority, and a token for each
 * call.
 */
export interface PeerChannel {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly credential: (onBehalfOf: OnBehalfOf) => Promise<string>;
}

export function peerChannel(service: string, config: ServiceConfig, tokens: TokenAuthority): PeerChannel {
  const { MESH_CA_FILE: caFile, MESH_CERT_FILE: certFile, MESH_KEY_FILE: keyFile } = config;
  const credential = ({ tenant, actor }: OnBehalfOf) => tokens.serviceToken(service, { tenant, actor });
  return { caFile, certFile, keyFile, credential };
}
