import { ServiceError } from '@athanor/service';

export function quarantined(reason: string): ServiceError {
  const message = `the version is quarantined, because its instances crashed repeatedly: ${reason}; deploy another version, or set the deployment again`;
  return new ServiceError('UNAVAILABLE', message, { reason: 'QUARANTINED' });
}

/** A request whose process ended during its run. */
export function lostDuringRun(reason: string): ServiceError {
  return new ServiceError('UNAVAILABLE', `the model's process was lost during the run: ${reason}`, {
    reason: 'INSTANCE_LOST',
  });
}

export function runTimedOut(reason: string): ServiceError {
  const message = `${reason}; send a smaller request, or allow more with --isolation.run-timeout-ms`;
  return new ServiceError('DEADLINE_EXCEEDED', message, { reason: 'RUN_TIMEOUT' });
}
