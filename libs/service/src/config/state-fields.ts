import { z } from 'zod';
import { text } from './fields.js';

const REPLICAS = 'expected a whole number from 1 to 5';

/** Configuration of a service that stores state and publishes its changes: SQL, blobs, events. */
export function stateFields() {
  return {
    /** postgres://…, or pglite:///folder for a single process. */
    DATABASE_URL: text(),
    /** file:///folder or s3://bucket/prefix. */
    BLOB_URL: text(),
    /**
     * For S3 services other than Amazon's. Credentials come from the SDK's own chain: AWS_*, profile, instance role.
     */
    S3_ENDPOINT: text().optional(),
    S3_REGION: text().optional(),
    ...eventFields(),
    /** Replicas of each stream in a NATS cluster; if absent, unchanged. */
    NATS_STREAM_REPLICAS: z.coerce.number(REPLICAS).int(REPLICAS).min(1, REPLICAS).max(5, REPLICAS).optional(),
  };
}

export type StateConfig = z.output<z.ZodObject<ReturnType<typeof stateFields>>>;

/** Configuration of a service that only reads events. */
export function eventFields() {
  return {
    NATS_URL: text(),
    NATS_USER: text(),
    NATS_PASSWORD: text(),
    /** PEM file of the certificate authority of the NATS servers, if it is not one of the system's. */
    NATS_CA_FILE: text().optional(),
  };
}

/** The options of libs/blobs' S3 driver. */
export function s3Options(config: {
  readonly S3_ENDPOINT?: string | undefined;
  readonly S3_REGION?: string | undefined;
}) {
  const { S3_ENDPOINT: endpoint, S3_REGION: region } = config;
  return { ...(endpoint && { endpoint }), ...(region && { region }) };
}

/** How a service connects to NATS, without its name. */
export function natsOptions(config: z.output<z.ZodObject<ReturnType<typeof eventFields>>>) {
  const { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password, NATS_CA_FILE: caFile } = config;
  return { url, user, password, caFile };
}
