import type { RepositoryModelLoadRequest, RepositoryModelUnloadRequest } from '@athanor/contracts/inference';
import { checkLoadRequest, checkUnloadRequest } from '@athanor/placement';
import type { CallContext } from '@athanor/service';
import { readModelName } from '../wire/text-fields.js';
import type { RouterDependencies } from './dependencies.js';
import { findPools } from './find-pools.js';
import { forwardUnary } from './forward.js';
import { streamInfer } from './stream-infer.js';

type Forward = (request: Buffer, context: CallContext) => Promise<Buffer>;

/** GRPCInferenceService over all pools; methods that a pool does not implement return UNIMPLEMENTED here too. */
export function routerService(dependencies: RouterDependencies) {
  const { table, pools, budget, changeDeployment, refresh } = dependencies;

  const byModel: Forward = async (request, context) =>
    await forwardUnary(request, { ...(await findPools(request, { ...dependencies, context })), context, budget });

  const toAny: Forward = async (request, context) => await forwardUnary(request, { pools, context, budget });

  /**
   * For responses that consist of repeated fields only: concatenated protobuf messages are one message with all
   * elements. A pool without processes has nothing to list.
   */
  const toAll: Forward = async (request, context) => {
    const serving = table.poolsOf(context.tenant);
    const asked = serving.filter(({ size }) => size > 0);
    const answers = (asked.length > 0 ? asked : serving).map(pool =>
      forwardUnary(request, { pools: [pool], context, budget }),
    );
    return Buffer.concat(await Promise.all(answers));
  };

  async function change(name: string, isStopped: boolean, context: CallContext): Promise<object> {
    await changeDeployment(context, { name, isStopped });
    await refresh();
    return {};
  }

  return {
    serverLive: async () => ({ live: true }),
    serverReady: async () => ({ ready: table.isReady && pools.some(({ size }) => size > 0) }),
    serverMetadata: toAny,
    modelReady: byModel,
    modelMetadata: byModel,
    modelConfig: byModel,
    modelInfer: byModel,
    modelStatistics: async (request: Buffer, context: CallContext) =>
      await (readModelName(request) === '' ? toAll : byModel)(request, context),
    repositoryIndex: toAll,
    // The registry has the desired state; each pool reaches it on its own, so these do not wait for it.
    async repositoryModelLoad(request: RepositoryModelLoadRequest, context: CallContext) {
      checkLoadRequest(request);
      return await change(request.modelName, false, context);
    },
    async repositoryModelUnload(request: RepositoryModelUnloadRequest, context: CallContext) {
      checkUnloadRequest(request);
      return await change(request.modelName, true, context);
    },
    modelStreamInfer: (requests: AsyncIterable<Buffer>, context: CallContext) =>
      streamInfer(requests, { ...dependencies, context }),
  };
}

/** InferenceStatusService: one process answers for its pool. */
export function statusRouter(dependencies: RouterDependencies) {
  const { budget } = dependencies;
  return {
    getDeploymentStatus: async (request: Buffer, context: CallContext) =>
      await forwardUnary(request, { ...(await findPools(request, { ...dependencies, context })), context, budget }),
  };
}
