import { findMessage } from '@athanor/contracts';
import { type Metadata, status } from '@grpc/grpc-js';

export type RpcCode = keyof typeof status;

/** One wrong field of a request. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** A call that failed: the status by name, and what the server says about it for programs. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: RpcCode;
  /** A constant of the server, for example "GATE_FAILED"; empty if it sent none. */
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
  /** The retry delay that the server sent, if any. */
  readonly retryAfterMs: number | undefined;
  /** "/package.Service/Method". */
  readonly method: string;

  constructor(options: { code: RpcCode; message: string; method: string; details?: ErrorDetails; cause?: unknown }) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.method = options.method;
    this.reason = options.details?.reason ?? '';
    this.metadata = options.details?.metadata ?? {};
    this.violations = options.details?.violations ?? [];
    this.retryAfterMs = options.details?.retryAfterMs;
  }
}

interface ErrorDetails {
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  readonly retryAfterMs?: number;
}

/** From grpc-js' error to ours; google.rpc details become data. */
export function toRpcError(error: unknown, method: string): RpcError {
  if (error instanceof RpcError) return error;
  const { code = status.UNKNOWN, details, metadata, message } = error as Partial<GrpcFailure>;
  const name = (status[code] ?? 'UNKNOWN') as RpcCode;
  return new RpcError({
    code: name,
    message: details || message || name,
    method,
    details: readDetails(metadata),
    cause: error,
  });
}

interface GrpcFailure {
  code: number;
  details: string;
  message: string;
  metadata: Metadata;
}

function readDetails(metadata: Metadata | undefined): ErrorDetails {
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!Buffer.isBuffer(bytes)) return {};
  try {
    return parseDetails(bytes);
  } catch {
    // Details of another server in an unknown format; code and message are still valid.
    return {};
  }
}

function parseDetails(bytes: Buffer): ErrorDetails {
  // google.protobuf.Any comes with protobufjs itself, which keeps the names of its fields as they are.
  const { details } = findMessage('google.rpc.Status').deserialize(bytes) as {
    details: { type_url: string; value: Buffer }[];
  };
  const find = (type: string): object | undefined => {
    const any = details.find(each => each.type_url.endsWith(`/${type}`));
    return any && findMessage(type).deserialize(any.value);
  };
  const info = find('google.rpc.ErrorInfo') as { reason: string; metadata: Record<string, string> } | undefined;
  const request = find('google.rpc.BadRequest') as { fieldViolations: Violation[] } | undefined;
  const retry = find('google.rpc.RetryInfo') as { retryDelay: { seconds: number; nanos: number } | null } | undefined;
  return {
    ...(info && { reason: info.reason, metadata: info.metadata }),
    ...(request && { violations: request.fieldViolations }),
    ...(retry?.retryDelay && { retryAfterMs: retry.retryDelay.seconds * 1_000 + retry.retryDelay.nanos / 1e6 }),
  };
}
