import { findMessage } from '@athanor/contracts';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { CODE_NUMBERS, type ErrorData, type ServiceError } from '../errors/index.js';

// Errors on the wire: google.rpc.Status in "grpc-status-details-bin" (https://google.aip.dev/193).

const DETAILS_KEY = 'grpc-status-details-bin';
const DOMAIN = 'athanor';

// google.protobuf.Any comes with protobufjs itself, which keeps the names of its fields as they are.
interface Any {
  type_url: string;
  value: Buffer;
}

export function toStatus(error: ServiceError): StatusObject {
  const code = CODE_NUMBERS[error.code];
  const metadata = new Metadata();
  const details = toDetails(error.data);
  if (details.length > 0) {
    const status = findMessage('google.rpc.Status').serialize({ code, message: error.message, details });
    metadata.set(DETAILS_KEY, status);
  }
  if (error.data.retryAfterMs !== undefined) metadata.set('grpc-retry-pushback-ms', String(error.data.retryAfterMs));
  return { code, details: error.message, metadata };
}

function toDetails(data: ErrorData): Any[] {
  const { reason, metadata = {}, violations, retryAfterMs } = data;
  const details: Any[] = [];
  if (reason !== undefined) details.push(pack('google.rpc.ErrorInfo', { reason, domain: DOMAIN, metadata }));
  if (violations !== undefined) details.push(pack('google.rpc.BadRequest', { fieldViolations: violations }));
  if (retryAfterMs !== undefined) {
    const retryDelay = { seconds: Math.floor(retryAfterMs / 1000), nanos: (retryAfterMs % 1000) * 1e6 };
    details.push(pack('google.rpc.RetryInfo', { retryDelay }));
  }
  return details;
}

function pack(type: string, message: object): Any {
  return { type_url: `type.googleapis.com/${type}`, value: findMessage(type).serialize(message) };
}
