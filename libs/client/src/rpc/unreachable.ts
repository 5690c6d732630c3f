import { ownerOf } from '@athanor/contracts';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Invocation } from './invocation.js';
import { RpcError } from './rpc-error.js';

// grpc-js reports "round_robin: No connection established. Last error: …", and for a call that waited "Deadline
// exceeded after 30.001s,Waiting for LB pick". The load-balancing policy means nothing to the caller; the address does.
const NO_CONNECTION = /No connection established|Name resolution failed/;
const LAST_ERROR = /.*Last error: (.*?)(?:\. Resolution note:.*)?$/s;
const NEVER_CONNECTED = /Waiting for LB pick|Waiting for name resolution/;

/** The error of a call without a connection, with the service and its address; other errors unchanged. */
export function unreachable(error: unknown, { service, channel, method }: Invocation): unknown {
  const { code, details = '' } = error as Partial<ServiceError>;
  const where = `${ownerOf(service)} cannot be reached at ${channel.address}`;
  const toError = (name: 'UNAVAILABLE' | 'DEADLINE_EXCEEDED', message: string) =>
    new RpcError({ code: name, message, method: method.path, cause: error });
  if (code === status.UNAVAILABLE && NO_CONNECTION.test(details))
    return toError('UNAVAILABLE', `${where}: ${details.replace(LAST_ERROR, '$1').replace(/^Error: /, '')}`);
  if (code === status.DEADLINE_EXCEEDED && NEVER_CONNECTED.test(details))
    return toError('DEADLINE_EXCEEDED', `${where}: there was no connection until the call's deadline`);
  return error;
}
