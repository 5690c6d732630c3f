import { findMessage } from '@athanor/contracts';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { CODE_NUMBERS, type ErrorData, type FieldViolation, type ServiceError } from '../errors/index.js';

// Errors on the wire: google.rpc.Status in "grpc-status-details-bin" (https://google.aip.dev/193).

const DETAILS_KEY = 'grpc-status-details-bin';
const DOMAIN = 'athanor';

// google.protobuf.Any is built into protobufjs, which keeps its field names unchanged.
interface Any {
  type_url: string;
  value: Buffer;
}

// Errors are sent in HTTP/2 trailers, for which peers accept at least 8 KiB. A longer block is not sent at all, and the
// caller would wait forever; the message is sent twice, once percent-encoded (3 characters per byte).
const MAX_MESSAGE_BYTES = 1_000;
const MAX_DETAILS_BYTES = 2_500;
const MAX_VIOLATIONS_BYTES = 2_000;
/** Tags and lengths. */
const VIOLATION_OVERHEAD_BYTES = 8;

export function toStatus(error: ServiceError): StatusObject {
  const code = CODE_NUMBERS[error.code];
  const metadata = new Metadata();
  const message = shorten(error.message, MAX_MESSAGE_BYTES);
  const details = fitting(toDetails(error.data));
  if (details.length > 0) {
    metadata.set(DETAILS_KEY, findMessage('google.rpc.Status').serialize({ code, message, details }));
  }
  if (error.data.retryAfterMs !== undefined) metadata.set('grpc-retry-pushback-ms', String(error.data.retryAfterMs));
  return { code, details: message, metadata };
}

/** Cut to this many bytes of UTF-8; a cut is shown as an ellipsis. */
function shorten(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Not within a character: continuation bytes are 10xxxxxx.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}…`;
}

/** The details in order, as long as they fit. */
function fitting(details: readonly Any[]): Any[] {
  let left = MAX_DETAILS_BYTES;
  return details.filter(({ value }) => {
    if (value.length > left) return false;
    left -= value.length;
    return true;
  });
}

function toDetails(data: ErrorData): Any[] {
  const { reason, metadata = {}, violations, retryAfterMs } = data;
  const details: Any[] = [];
  if (reason !== undefined) details.push(pack('google.rpc.ErrorInfo', { reason, domain: DOMAIN, metadata }));
  if (violations !== undefined)
    details.push(pack('google.rpc.BadRequest', { fieldViolations: fittingViolations(violations) }));
  if (retryAfterMs !== undefined) {
    const retryDelay = { seconds: Math.floor(retryAfterMs / 1000), nanos: (retryAfterMs % 1000) * 1e6 };
    details.push(pack('google.rpc.RetryInfo', { retryDelay }));
  }
  return details;
}

/** The first ones, as many as fit. */
function fittingViolations(violations: readonly FieldViolation[]): FieldViolation[] {
  let left = MAX_VIOLATIONS_BYTES;
  const short = violations.map(({ field, description }) => ({
    field: shorten(field, 100),
    description: shorten(description, 300),
  }));
  return short.filter(({ field, description }) => {
    left -= Buffer.byteLength(field) + Buffer.byteLength(description) + VIOLATION_OVERHEAD_BYTES;
    return left >= 0;
  });
}

function pack(type: string, message: object): Any {
  return { type_url: `type.googleapis.com/${type}`, value: findMessage(type).serialize(message) };
}
