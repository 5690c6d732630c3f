import type { Metadata } from '@grpc/grpc-js';
import type { Principal } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import type { RequestBody } from './request-body.js';

/** What was decided over a call at its headers. */
export interface Admission {
  /** Undefined where the method is open to everybody. */
  readonly principal: Principal | undefined;
  readonly body: RequestBody;
}

const ADMISSION = Symbol('admission');

/** The call's metadata is the one object that grpc-js hands from an interceptor to the handler. */
export function writeAdmission(metadata: Metadata, admission: Admission): void {
  (metadata as Metadata & { [ADMISSION]?: Admission })[ADMISSION] = admission;
}

/** Throws where a call has reached its handler without having been admitted. */
export function readAdmission(metadata: Metadata): Admission {
  const admission = (metadata as Metadata & { [ADMISSION]?: Admission })[ADMISSION];
  if (admission === undefined) throw new ServiceError('UNAUTHENTICATED', 'the call was not admitted');
  return admission;
}
