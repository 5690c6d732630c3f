import { randomUUID } from 'node:crypto';
import type { Interceptor } from '../call-context.js';

const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** Takes the caller's x-request-id, or creates one; it is in every log line of the call. */
export const requestId: Interceptor = (context, next) => {
  const given = context.metadata('x-request-id');
  context.requestId = given !== undefined && ACCEPTED.test(given) ? given : randomUUID();
  return next();
};
