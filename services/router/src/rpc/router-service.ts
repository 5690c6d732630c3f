import { explicitLoadRefused } from '@athanor/placement';
import type { CallContext } from '@athanor/service';
import { readModelName } from '../wire/text-fields.js';
import type { RouterDependencies } from './dependencies.js';
import { findPools } from './find-pools.js';
import { forwardUnary } from './forward.js';
import { streamInfer } from './stream-infer.js';

type Forward = (request: Buffer, context: CallContext) => Promise<Buffer>;

/** GRPCInferenceService over all pools; methods that a pool does not implement return UNIMPLEMENTED here too. */
export function routerService(dependencies: RouterDependencies) {
  const { table, pools, budget } = dependencies;

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
    repositoryModelLoad: refuseExplicitLoad,
    repositoryModelUnload: refuseExplicitLoad,
    modelStreamInfer: (requests: AsyncIterable<Buffer>, context: CallContext) =>
      streamInfer(requests, { ...dependencies, context }),
  };
}

async function refuseExplicitLoad(): Promise<never> {
  throw explicitLoadRefused();
}
