import type { Metadata } from '@grpc/grpc-js';
import type { Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import type { RequestBody } from './request-body.js';

/** The decision on a call, made at its headers. */
export interface Admission {
  /** Undefined if the method is open to everybody. */
  readonly principal: Principal | undefined;
  readonly body: RequestBody;
}

const ADMISSION = Symbol('admission');

/** Keyed by the call's metadata, the one object that grpc-js passes from an interceptor to the handler. */
export function writeAdmission(metadata: Metadata, admission: Admission): void {
  (metadata as Metadata & { [ADMISSION]?: Admission })[ADMISSION] = admission;
}

/** Throws if a call has reached its handler without admission. */
export function readAdmission(metadata: Metadata): Admission {
  const admission = (metadata as Metadata & { [ADMISSION]?: Admission })[ADMISSION];
  if (admission === undefined) throw new ServiceError('UNAUTHENTICATED', 'the call was not admitted');
  return admission;
}
