import { z } from 'zod';
import { flag, integer, port, text } from './fields.js';

/** Configuration of every service. */
export function serviceFields(defaults: { port: number; adminPort: number; meshPort?: number }) {
  return {
    /** Address of the public listener. */
    HOST: text('127.0.0.1'),
    PORT: port(defaults.port),
    /** Address of the admin listener: health and metrics, without TLS. */
    ADMIN_HOST: text('127.0.0.1'),
    ADMIN_PORT: port(defaults.adminPort),
    /** PEM files of the public listener. All certificates are reloaded when they change. */
    TLS_CERT_FILE: text().optional(),
    TLS_KEY_FILE: text().optional(),
    /**
     * PEM file of the authority that signed the certificates of the mesh's services; if set, other services are called
     * over TLS.
     */
    MESH_CA_FILE: text().optional(),
    /**
     * PEM files of this service's own certificate in the mesh. If set, it has a mesh listener with mutual TLS, presents
     * the certificate in its own calls, and accepts services' tokens only from callers with a certificate.
     */
    MESH_CERT_FILE: text().optional(),
    MESH_KEY_FILE: text().optional(),
    MESH_PORT: port(defaults.meshPort ?? 0),
    /** Allows a public listener without TLS on an address other than loopback. */
    INSECURE_BIND: flag(false),
    /** JSON file with the hashes of API keys; reloaded when it changes. */
    API_KEYS_FILE: text(),
    /** File with the secret that signs services' tokens; at least 32 bytes. */
    MESH_SECRET_FILE: text(),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'expected fatal, error, warn, info, debug or trace')
      .default('info'),
    /** Where traces are sent (OTLP over gRPC); if absent no traces are recorded. */
    OTLP_ENDPOINT: text().optional(),
    /** Deadline of unary calls without one. */
    DEFAULT_DEADLINE_MS: integer({ min: 1, max: 3_600_000, fallback: 30_000 }),
    /** A stream without a message for this long is ended. */
    STREAM_IDLE_MS: integer({ min: 1_000, max: 86_400_000, fallback: 600_000 }),
    /** Maximum size of a received message. */
    MAX_MESSAGE_BYTES: integer({ min: 1_024, max: 2_147_483_647, fallback: 4 * 1024 * 1024 }),
    /**
     * Maximum bytes of requests that are being received or processed, of the whole service and per connection; more are
     * refused.
     */
    MAX_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 128 * 1024 * 1024 }),
    MAX_CONNECTION_IN_FLIGHT_BYTES: integer({ min: 1_024, max: 1_099_511_627_776, fallback: 64 * 1024 * 1024 }),
    /** A call with a single request is ended if the request has not arrived this long after the headers. */
    REQUEST_TIMEOUT_MS: integer({ min: 100, max: 3_600_000, fallback: 30_000 }),
    /** A connection is closed gracefully at this age, so that callers find new replicas; 0: never. */
    MAX_CONNECTION_AGE_MS: integer({ min: 0, max: 86_400_000, fallback: 0 }),
    /** After SIGTERM: how long NOT_SERVING is reported before calls are refused. */
    DRAIN_DELAY_MS: integer({ min: 0, max: 600_000, fallback: 0 }),
    /** After that: how long calls in flight may take. */
    DRAIN_GRACE_MS: integer({ min: 0, max: 3_600_000, fallback: 20_000 }),
  };
}

export type ServiceConfig = z.output<z.ZodObject<ReturnType<typeof serviceFields>>>;
