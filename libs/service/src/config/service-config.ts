import { z } from 'zod';
import { flag, integer, port, text } from './fields.js';

/** Configuration that every service has. */
export function serviceFields(defaults: { port: number; adminPort: number; meshPort?: number }) {
  return {
    /** Address of the public listener. */
    HOST: text('127.0.0.1'),
    PORT: port(defaults.port),
    /** Address of the admin listener: health and metrics, plain. */
    ADMIN_HOST: text('127.0.0.1'),
    ADMIN_PORT: port(defaults.adminPort),
    /** PEM files of the public listener. All certificates are read again when they change. */
    TLS_CERT_FILE: text().optional(),
    TLS_KEY_FILE: text().optional(),
    /** PEM file of the authority that signed the certificates of the mesh's services; with it, peers are called by TLS. */
    MESH_CA_FILE: text().optional(),
    /**
     * PEM files of this service's own certificate inside the mesh. With them it has a listener for other services, with
     * mutual TLS, shows the certificate when it calls them, and takes their tokens from certified callers only.
     */
    MESH_CERT_FILE: text().optional(),
    MESH_KEY_FILE: text().optional(),
    MESH_PORT: port(defaults.meshPort ?? 0),
    /** Allows a public listener without TLS on other than a loopback address. */
    INSECURE_BIND: flag(false),
    /** JSON file with the hashes of API keys; read again when it changes. */
    API_KEYS_FILE: text(),
    /** File with the secret that services sign their tokens with; at least 32 bytes. */
    MESH_SECRET_FILE: text(),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'expected fatal, error, warn, info, debug or trace')
      .default('info'),
    /** Where traces are sent (OTLP over gRPC); without it no trace is recorded. */
    OTLP_ENDPOINT: text().optional(),
    /** Deadline of unary calls that come without one. */
    DEFAULT_DEADLINE_MS: integer({ min: 1, max: 3_600_000, fallback: 30_000 }),
    /** A stream without a message for so long is ended. */
    STREAM_IDLE_MS: integer({ min: 1_000, max: 86_400_000, fallback: 600_000 }),
    /** Largest message received. */
    MAX_MESSAGE_BYTES: integer({ min: 1_024, max: 2_147_483_647, fallback: 4 * 1024 * 1024 }),
    /** Bytes of requests that are being received or worked on, of the whole service and of one connection; what is over is refused. */
    MAX_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 128 * 1024 * 1024 }),
    MAX_CONNECTION_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 64 * 1024 * 1024 }),
    /** A call with one request is ended where that has not arrived so long after the headers. */
    REQUEST_TIMEOUT_MS: integer({ min: 100, max: 3_600_000, fallback: 30_000 }),
    /** A connection is closed, gracefully, after so long, so that callers find new replicas; 0: never. */
    MAX_CONNECTION_AGE_MS: integer({ min: 0, max: 86_400_000, fallback: 0 }),
    /** After SIGTERM: how long NOT_SERVING is shown before calls are refused. */
    DRAIN_DELAY_MS: integer({ min: 0, max: 600_000, fallback: 0 }),
    /** After that: how long calls in flight may take. */
    DRAIN_GRACE_MS: integer({ min: 0, max: 3_600_000, fallback: 20_000 }),
  };
}

export type ServiceConfig = z.output<z.ZodObject<ReturnType<typeof serviceFields>>>;
