import type { GetModelVersionRequest, ModelVersionInput } from '@athanor/contracts/registry';
import { notFound, readPage, ServiceError, toPage } from '@athanor/service';
import { checkNotDeployed } from '../models/check-not-deployed.js';
import { evaluationFiles } from '../models/evaluation-files.js';
import { listAliases, listGates } from '../store/aliases.js';
import { deleteModel } from '../store/deletion.js';
import { listDeploymentsOf } from '../store/deployments.js';
import { listVersionImports } from '../store/imports.js';
import {
  type Db,
  findModel,
  findVersion,
  listModels,
  listVersionJobs,
  listVersions,
  listVersionsByDigest,
  lockExistingModel,
  type ModelRow,
  type ModelVersionRow,
  setDescription,
  type Trx,
  type VersionReference,
} from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { summarizeVersion, toModel, toModelVersion } from './mapping.js';

type ModelMethods = Pick<
  RegistryMethods,
  'getModel' | 'listModels' | 'updateModel' | 'deleteModel' | 'getModelVersion' | 'listModelVersions' | 'readModelFile'
>;

export function modelMethods({ db, blobs, onCommit }: RegistryDependencies): ModelMethods {
  return {
    async getModel({ name }, { tenant }) {
      return { model: await describeModel(db, await expectModel(db, tenant, name)) };
    },

    async listModels(request, { tenant }) {
      const page = readPage(request, 'string');
      const { rows, nextPageToken } = toPage(await listModels(db, tenant, page), page, row => row.name);
      return { models: await Promise.all(rows.map(row => describeModel(db, row))), nextPageToken };
    },

    async updateModel({ model, updateMask }, { tenant }) {
      const paths = updateMask?.paths ?? [];
      if (model === null || paths.length !== 1 || paths[0] !== 'description') {
        throw new ServiceError('INVALID_ARGUMENT', `update_mask: expected 'description', got '${paths.join(',')}'`);
      }
      const { name, description } = model;
      const row = await db
        .transaction()
        .execute(async trx => setDescription(trx, await expectLockedModel(trx, tenant, name), description));
      return { model: await describeModel(db, row) };
    },

    async deleteModel({ name }, { tenant, principal }) {
      await db.transaction().execute(async trx => {
        const model = await expectLockedModel(trx, tenant, name);
        checkNotDeployed(name, await listDeploymentsOf(trx, model));
        await deleteModel(trx, model, principal.actor);
      });
      onCommit();
      return {};
    },

    async getModelVersion(request, { tenant }) {
      const reference = toReference(request, tenant);
      const row = await findVersion(db, reference);
      if (row === undefined) {
        const { modelName } = request;
        if (modelName === '') throw notFound('model version', describeReference(request));
        await expectModel(db, tenant, modelName);
        throw notFound(
          'model version',
          describeReference(request),
          `list them with: athanor model describe ${modelName}`,
        );
      }
      return { modelVersion: await describeVersion(db, row) };
    },

    async listModelVersions(request, { tenant }) {
      await expectModel(db, tenant, request.modelName);
      const page = readPage(request, 'number');
      const found = await listVersions(db, { tenant, name: request.modelName }, page);
      const { rows, nextPageToken } = toPage(found, page, row => row.version);
      const versions = await Promise.all(rows.map(row => describeVersion(db, row)));
      return { modelVersions: versions.map(summarizeVersion), nextPageToken };
    },

    async *readModelFile({ versionDigest, fileDigest }, { tenant, signal }) {
      const rows = await listVersionsByDigest(db, { tenant, modelName: '', digest: versionDigest });
      if (rows.length === 0) throw notFound('model version', versionDigest);
      // Equal versions of several models have the same files, but each has its own evaluations.
      const known = rows.flatMap(({ files, evaluations }) => [
        ...files.map(file => file.digest),
        ...evaluations.flatMap(evaluationFiles),
      ]);
      if (fileDigest === '' || !known.includes(fileDigest))
        throw notFound('file', fileDigest, `version ${versionDigest} names no such file`);
      for await (const chunk of blobs.get(fileDigest, { signal })) yield { chunk: Buffer.from(chunk) };
    },
  };
}

export async function expectModel(db: Db, tenant: string, name: string): Promise<ModelRow> {
  return orNotFound(await findModel(db, tenant, name), name);
}

/** Locks the model until the transaction ends, so that nobody deletes it meanwhile. */
export async function expectLockedModel(trx: Trx, tenant: string, name: string): Promise<ModelRow> {
  return orNotFound(await lockExistingModel(trx, tenant, name), name);
}

function orNotFound(row: ModelRow | undefined, name: string): ModelRow {
  if (row === undefined) throw notFound('model', name, 'list the models with: athanor model list');
  return row;
}

export async function describeModel(db: Db, row: ModelRow) {
  const { tenant, name } = row;
  return toModel(row, await listAliases(db, tenant, name), await listGates(db, tenant, name));
}

export async function describeVersion(db: Db, row: ModelVersionRow): Promise<ModelVersionInput> {
  const jobs = await listVersionJobs(db, row);
  const imports = row.imported === null ? [] : await listVersionImports(db, row);
  return toModelVersion(row, { jobs, imports }, await listAliases(db, row.tenant, row.model_name));
}

function toReference(request: GetModelVersionRequest, tenant: string): VersionReference {
  const { modelName, reference } = request;
  if (reference === undefined) {
    throw new ServiceError('INVALID_ARGUMENT', 'reference: expected one of version, alias, digest or job_id, got none');
  }
  if (modelName === '' && (reference === 'version' || reference === 'alias')) {
    throw new ServiceError('INVALID_ARGUMENT', `model_name: expected a name with ${reference}, received none`);
  }
  return { tenant, modelName, [reference]: request[reference] };
}

function describeReference({ modelName, reference, ...values }: GetModelVersionRequest): string {
  return `${modelName} ${reference ?? ''} ${reference === undefined ? '' : values[reference]}`.trim();
}
