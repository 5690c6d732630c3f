// The data plane knows nothing of gRPC or HTTP: a transport hands it a request and a sink, and gets the answer there.
// It checks the request, gives its rows to the model's scheduler, and turns the rows that come back into outputs.

import type { Caller, OutputRows } from '@athanor/serving';
import type { Catalog } from '../deployments/catalog.js';
import type { ServedModel } from '../served-models/served-model.js';
import { type CheckedRequest, checkRequest } from './check/check-request.js';
import type { InferRequest } from './infer-request.js';
import type { InferResponse } from './infer-response.js';
import { toInferOutputs } from './to-infer-outputs.js';

/** The call that waits for an answer. */
export interface InferCaller extends Caller {
  readonly tenant: string;
}

/** Takes the answer to one request. */
export interface InferSink {
  /** `isLast`: no further response follows; always true for the models of today. The response's buffers are the sink's. */
  send(response: InferResponse, isLast: boolean): void;
  /** Instead of further responses. */
  fail(error: unknown): void;
}

export class DataPlane {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /**
   * Calls the sink, now or later. The request's contents are read until then: views of a message that nobody may change.
   */
  infer(request: InferRequest, caller: InferCaller, sink: InferSink): void {
    let model: ServedModel;
    let checked: CheckedRequest;
    try {
      model = this.#catalog.expectModel(caller.tenant, request.modelName, request.modelVersion);
      checked = checkRequest(request, model);
    } catch (error) {
      sink.fail(error);
      return;
    }
    const { rows, inputs, timeoutUs, priority } = checked;
    const fail = (error: unknown) => sink.fail(error);
    const send = (outputs: readonly OutputRows[]) => {
      let response: InferResponse;
      try {
        response = toResponse(request, { model, checked, outputs });
      } catch (error) {
        sink.fail(error);
        return;
      }
      sink.send(response, true);
    };
    model.pool.touch();
    model.scheduler.submit({ rows, inputs, timeoutUs, priority, caller }, { send, fail });
  }
}

interface Answered {
  readonly model: ServedModel;
  readonly checked: CheckedRequest;
  readonly outputs: readonly OutputRows[];
}

function toResponse({ id }: InferRequest, { model, checked, outputs }: Answered): InferResponse {
  return {
    modelName: model.name,
    modelVersion: model.version,
    id,
    parameters: { athanor_version_digest: model.digest, athanor_model_name: model.modelName },
    outputs: toInferOutputs(checked.outputs, outputs, model.spec),
  };
}
