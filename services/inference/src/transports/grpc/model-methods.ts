import { ServiceError } from '@athanor/service';
import { PLATFORM, toModelConfig } from '../../data-plane/model-config.js';
import { toModelStatistics } from '../../data-plane/model-statistics.js';
import type { Catalog } from '../../deployments/catalog.js';
import { type ModelSpec, type TensorSpec, wireShape } from '../../served-models/model-spec.js';
import type { ServedModel } from '../../served-models/served-model.js';
import { parseVersion } from '../../served-models/version-text.js';
import type { InferenceDependencies, InferenceMethods } from './dependencies.js';

type ModelMethods = Pick<InferenceMethods, 'modelReady' | 'modelMetadata' | 'modelConfig' | 'modelStatistics'>;

export function modelMethods({ catalog }: InferenceDependencies): ModelMethods {
  return {
    async modelReady({ name, version }, { tenant }) {
      const deployment = catalog.expect(tenant, name);
      if (version === '') return { ready: deployment.active !== undefined && canAnswer(deployment.active) };
      const number = parseVersion(version);
      const entry = deployment.find(number);
      // Throws the error for an unknown version.
      if (entry === undefined && !deployment.isUnloaded(number)) catalog.expectModel(tenant, name, version);
      return { ready: entry?.state === 'READY' && entry.model !== undefined && canAnswer(entry.model) };
    },

    async modelMetadata({ name, version }, { tenant }) {
      const { version: served, spec } = catalog.expectModel(tenant, name, version);
      return {
        name,
        versions: [served],
        platform: PLATFORM,
        inputs: spec.inputs.map(tensor => toTensorMetadata(tensor, spec)),
        outputs: spec.outputs.map(tensor => toTensorMetadata(tensor, spec)),
      };
    },

    async modelConfig({ name, version }, { tenant }) {
      return { config: toModelConfig(catalog.expectModel(tenant, name, version)) };
    },

    async modelStatistics({ name, version }, { tenant }) {
      const models =
        name === '' ? activeModels(catalog, tenant) : [expectAvailable(catalog, { tenant, name, version })];
      return { modelStats: models.map(toModelStatistics) };
    },
  };
}

/** An evicted model answers too: its next request loads it. */
function canAnswer({ pool }: ServedModel): boolean {
  return pool.isReady || pool.state === 'evicted';
}

function toTensorMetadata(tensor: TensorSpec, spec: ModelSpec) {
  return { name: tensor.name, datatype: tensor.dtype, shape: wireShape(tensor, spec) };
}

function activeModels(catalog: Catalog, tenant: string): ServedModel[] {
  return catalog.list(tenant).flatMap(({ active }) => active ?? []);
}

// Triton has a different message and code for this RPC only.
function expectAvailable(catalog: Catalog, query: { tenant: string; name: string; version: string }): ServedModel {
  const { tenant, name, version } = query;
  try {
    return catalog.expectModel(tenant, name, version);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'NOT_FOUND') throw error;
    const message = `requested model '${name}'${version === '' ? '' : ` version ${version}`} is not available`;
    throw new ServiceError('INVALID_ARGUMENT', message);
  }
}
