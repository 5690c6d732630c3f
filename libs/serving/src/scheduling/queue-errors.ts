import { ServiceError } from '@athanor/service/errors';

export function queueFull(): ServiceError {
  return new ServiceError('UNAVAILABLE', 'Exceeds maximum queue size');
}

export function schedulerStopping(): ServiceError {
  const message = 'Server is stopping, scheduler for model has stopped accepting new inference requests';
  return new ServiceError('UNAVAILABLE', message);
}

export function timedOut(): ServiceError {
  return new ServiceError('UNAVAILABLE', 'Request timeout expired');
}

export function deadlinePassed(waitedMs: number): ServiceError {
  const message = `the deadline passed after ${Math.round(waitedMs)} ms in the queue; set a longer deadline`;
  return new ServiceError('DEADLINE_EXCEEDED', message);
}

export function overloaded(queuedRows: number, waitMs: number, leftMs: number): ServiceError {
  const message = `the model is overloaded: ${queuedRows} rows wait, which takes about ${Math.ceil(waitMs)} ms, and the deadline is in ${Math.max(Math.ceil(leftMs), 0)} ms; send fewer requests, or give the deployment more replicas`;
  return new ServiceError('RESOURCE_EXHAUSTED', message, { reason: 'OVERLOADED' });
}
