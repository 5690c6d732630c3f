import type { Tensors } from '../session.js';
import type { Frame } from './frames.js';
import type { Request, Response } from './protocol.js';

// Requests and responses as frames: tensors and a model's bytes are contents, everything else is JSON.

export function requestToFrame(request: Request): Frame {
  if (request.call === 'run') {
    const { tensors, handle } = request.body;
    return { message: { ...request, body: { handle } }, tensors };
  }
  if (request.call === 'load' && request.body.model instanceof Uint8Array) {
    const { model, options } = request.body;
    return { message: { ...request, body: { options } }, bytes: model };
  }
  return { message: request };
}

export function frameToRequest({ message, tensors, bytes }: Frame): Request {
  const request = message as Request;
  if (request.call === 'run') return { ...request, body: { ...request.body, tensors: tensors ?? {} } };
  if (request.call === 'load' && bytes !== undefined) return { ...request, body: { ...request.body, model: bytes } };
  return request;
}

/** `ran`: whether it answers a run. */
export function responseToFrame(response: Response, ran: boolean): Frame {
  if (!ran || !response.ok) return { message: response };
  return { message: { ...response, body: undefined, ran }, tensors: response.body as Tensors };
}

export function frameToResponse({ message, tensors }: Frame): Response {
  const { ran = false, ...response } = message as Response & { readonly ran?: boolean };
  return (ran ? { ...response, body: tensors } : response) as Response;
}
