import { openCertificates, type WatchedCertificates } from '@athanor/tls';
import type { ServiceConfig } from '../config/index.js';
import type { Telemetry } from '../telemetry/index.js';

/** Of the public listener ("open" to callers outside) and of the mesh listener. */
export interface ListenerCertificates {
  readonly open: WatchedCertificates | undefined;
  readonly mesh: WatchedCertificates | undefined;
  close(): void;
}

/**
 * Reads and watches the certificates of both listeners; their expiry is a metric, so that an alert can be raised before
 * it.
 */
export function openListenerCertificates(config: ServiceConfig, { log, meter }: Telemetry): ListenerCertificates {
  const watch = (listener: string, files: { certFile: string; keyFile: string; caFile?: string | undefined }) =>
    openCertificates(files, {
      onProblem: error =>
        log.error({ err: error, listener }, 'the new certificates cannot be used; the previous ones stay in use'),
      onRenewal: () => log.info({ listener }, 'certificates renewed'),
    });
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = config;
  const { MESH_CERT_FILE: meshCert, MESH_KEY_FILE: meshKey, MESH_CA_FILE: caFile } = config;
  const open = cert && key ? watch('public', { certFile: cert, keyFile: key }) : undefined;
  const mesh = meshCert && meshKey ? watch('mesh', { certFile: meshCert, keyFile: meshKey, caFile }) : undefined;
  const expiry = meter.createObservableGauge('athanor_certificate_expiry_timestamp_seconds', {
    description: "Expiry of a listener's certificate, seconds since 1970",
  });
  expiry.addCallback(result => {
    for (const [listener, certificates] of Object.entries({ public: open, mesh })) {
      if (certificates !== undefined) result.observe(certificates.expiresAtMs / 1000, { listener });
    }
  });
  return {
    open,
    mesh,
    close() {
      open?.close();
      mesh?.close();
    },
  };
}
