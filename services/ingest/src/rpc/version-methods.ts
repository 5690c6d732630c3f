import { setTimeout as sleep } from 'node:timers/promises';
import { describeFamily } from '@athanor/components';
import { toStruct } from '@athanor/contracts';
import type { CreateDatasetVersionRequest, FindingInput } from '@athanor/contracts/ingest';
import { blobDigests, parseDatasetManifest } from '@athanor/data';
import { isDatabaseError } from '@athanor/database';
import {
  checkSameRequest,
  crashPoint,
  notFound,
  readPage,
  requestFingerprint,
  ServiceError,
  toPage,
} from '@athanor/service';
import { CHECK_FAMILY } from '../checks/checks.js';
import { IMAGE_CHECK_FAMILY } from '../cleaning/image-checks.js';
import { toPlan } from '../preparation/plan.js';
import {
  type DatasetVersionRow,
  findVersion,
  findVersionByRequest,
  insertVersion,
  listVersions,
  type VersionKey,
} from '../store/datasets.js';
import { wasDeleted } from '../store/deletion.js';
import { cancelPreparation } from '../store/preparations.js';
import { queuePosition } from '../store/queue.js';
import type { Db } from '../store/tables.js';
import { datasetNotFound, expectDataset } from './dataset-methods.js';
import type { IngestDependencies, IngestMethods } from './dependencies.js';
import { knownSources } from './known-sources.js';
import { summarizeVersion, toDatasetVersion } from './mapping.js';

type VersionMethods = Pick<
  IngestMethods,
  | 'createDatasetVersion'
  | 'cancelDatasetVersion'
  | 'getDatasetVersion'
  | 'listDatasetVersions'
  | 'watchDatasetVersion'
  | 'listFindings'
  | 'readDatasetBlob'
  | 'listComponents'
>;

/** Those of tables, and those that only images have. */
const ALL_CHECKS = { ...CHECK_FAMILY, kinds: { ...IMAGE_CHECK_FAMILY.kinds, ...CHECK_FAMILY.kinds } };

const WATCH_INTERVAL_MS = 100;
/** A watch repeats the last state after this time, so that an idle stream is not taken for a dead one. */
const WATCH_REPEAT_MS = 30_000;
const DEFAULT_FINDINGS = 100;

export function versionMethods(dependencies: IngestDependencies): VersionMethods {
  const { db, blobs, onVersionCreated, onCommit, watchRepeatMs = WATCH_REPEAT_MS } = dependencies;
  const describe = async (row: DatasetVersionRow) => toDatasetVersion(row, await queuePosition(db, row));
  return {
    async createDatasetVersion(request, { tenant }) {
      const row = await createVersion(request, tenant, dependencies);
      crashPoint('ingest.after-create');
      onVersionCreated();
      return { datasetVersion: await describe(row) };
    },

    async getDatasetVersion({ datasetId, version }, { tenant }) {
      return { datasetVersion: await describe(await expectVersion(db, { tenant, datasetId, version })) };
    },

    async cancelDatasetVersion({ datasetId, version }, { tenant }) {
      const key = { tenant, datasetId, version };
      const wasPreparing = await db.transaction().execute(trx => cancelPreparation(trx, key));
      const row = await expectVersion(db, key);
      if (!wasPreparing) throw notPreparing(row);
      onCommit();
      return { datasetVersion: toDatasetVersion(row) };
    },

    async listDatasetVersions(request, { tenant }) {
      const { datasetId } = request;
      await expectDataset(db, tenant, datasetId);
      const page = readPage(request, 'number');
      const { rows, nextPageToken } = toPage(
        await listVersions(db, { tenant, datasetId }, page),
        page,
        row => row.version,
      );
      return { datasetVersions: rows.map(summarizeVersion), nextPageToken };
    },

    async *watchDatasetVersion({ datasetId, version }, { tenant, signal }) {
      let sent = '';
      let sentAt = 0;
      for (; ; await sleep(WATCH_INTERVAL_MS, undefined, { signal })) {
        const row = await expectVersion(db, { tenant, datasetId, version });
        const position = await queuePosition(db, row);
        const current = `${row.revision} ${position}`;
        if (current !== sent || performance.now() - sentAt >= watchRepeatMs) {
          yield { datasetVersion: toDatasetVersion(row, position) };
          sentAt = performance.now();
        }
        sent = current;
        if (row.state !== 'STATE_PREPARING') return;
      }
    },

    async listFindings({ datasetId, version, check, pageSize, pageToken }, { tenant }) {
      const { result } = await expectReady(db, { tenant, datasetId, version });
      const page = readPage({ pageSize, pageToken }, 'number', DEFAULT_FINDINGS);
      const all = parseFindings(await blobs.read(result.findingsDigest)).filter(
        each => check === '' || each.check === check,
      );
      const begin = page.after ?? 0;
      const end = begin + page.size;
      const nextPageToken = end < all.length ? Buffer.from(JSON.stringify(end)).toString('base64url') : '';
      return { findings: all.slice(begin, end), nextPageToken };
    },

    async listComponents({ family }) {
      if (family !== '' && family !== CHECK_FAMILY.name) return { kinds: [] };
      const kinds = describeFamily(ALL_CHECKS);
      return {
        kinds: kinds.map(({ parametersSchema, ...kind }) => ({
          ...kind,
          parametersSchema: toStruct(parametersSchema),
        })),
      };
    },

    async *readDatasetBlob({ datasetId, version, digest }, { tenant, signal }) {
      const { result } = await expectReady(db, { tenant, datasetId, version });
      const wanted = digest === '' ? result.digest : digest;
      if (wanted !== result.digest) {
        const manifest = parseDatasetManifest(await blobs.read(result.digest));
        if (!blobDigests(manifest).has(wanted))
          throw notFound('blob', wanted, `version ${version} of ${datasetId} has no such blob`);
      }
      for await (const chunk of blobs.get(wanted, { signal })) yield { chunk: Buffer.from(chunk) };
    },
  };
}

async function createVersion(
  request: CreateDatasetVersionRequest,
  tenant: string,
  dependencies: IngestDependencies,
): Promise<DatasetVersionRow> {
  const { db, maxUploadBytes } = dependencies;
  const { requestId, datasetId, recipe } = request;
  await expectDataset(db, tenant, datasetId);
  const fingerprint = requestFingerprint(request);
  const earlier = requestId === '' ? undefined : await findVersionByRequest(db, tenant, requestId);
  if (earlier !== undefined) {
    checkSameRequest(requestId, earlier.fingerprint, fingerprint);
    return earlier;
  }
  const plan = toPlan(recipe, await knownSources(db, tenant, request.sources), maxUploadBytes);
  const begin = { plan, requestId, fingerprint };
  const insert = db.transaction().execute(trx => insertVersion(trx, { tenant, datasetId }, begin));
  const row = await insert.catch(async (error: unknown) => {
    // Two requests with the same id ran concurrently, and the other one inserted the version.
    const twin = isDatabaseError(error, 'unique_violation') && (await findVersionByRequest(db, tenant, requestId));
    if (!twin) throw error;
    checkSameRequest(requestId, twin.fingerprint, fingerprint);
    return twin;
  });
  if (row === undefined) throw datasetNotFound(datasetId);
  return row;
}

async function expectVersion(db: Db, key: VersionKey): Promise<DatasetVersionRow> {
  const row = await findVersion(db, key);
  if (row !== undefined) return row;
  if (await wasDeleted(db, key)) throw versionDeleted(key);
  await expectDataset(db, key.tenant, key.datasetId);
  throw await versionNotFound(db, key);
}

/** The error says which version exists instead. */
async function versionNotFound(db: Db, key: VersionKey): Promise<ServiceError> {
  const { datasetId, version } = key;
  const [newest] = await listVersions(db, key, { size: 1, after: undefined });
  const remedy = `import one with: athanor dataset import ${datasetId} <path>`;
  if (newest === undefined)
    return notFound('dataset version', `${datasetId} v${version || 1}`, `it has no version yet; ${remedy}`);
  if (version !== 0) return notFound('dataset version', `${datasetId} v${version}`, `the newest is v${newest.version}`);
  const state = `v${newest.version} is ${newest.state.replace('STATE_', '')}`;
  const why = newest.error === null ? '' : `: ${newest.error.message}`;
  const message = `dataset '${datasetId}' has no version that is READY; its newest, ${state}${why}`;
  const next = newest.state === 'STATE_FAILED' ? remedy : 'wait until it is READY';
  return new ServiceError('NOT_FOUND', `${message}; ${next}`, {
    reason: 'NOT_FOUND',
    metadata: { kind: 'dataset version', name: datasetId },
  });
}

/** Different from a version that never existed: the message says that it was deleted for good. */
function versionDeleted({ datasetId, version }: VersionKey): ServiceError {
  const message = `version ${version} of dataset '${datasetId}' was deleted; list what is there with: athanor dataset list`;
  const metadata = { kind: 'dataset version', name: `${datasetId} v${version}` };
  return new ServiceError('NOT_FOUND', message, { reason: 'DATASET_DELETED', metadata });
}

function notPreparing({ dataset_id, version, state }: DatasetVersionRow): ServiceError {
  const message = `expected a version that is PREPARING, but v${version} of '${dataset_id}' is ${state.replace('STATE_', '')}`;
  return new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_NOT_PREPARING' });
}

export async function expectReady(db: Db, key: VersionKey) {
  const row = await expectVersion(db, key);
  if (row.result !== null) return { ...row, result: row.result };
  const message = `version ${row.version} of ${row.dataset_id} is ${row.state.replace('STATE_', '')}, but must be READY`;
  throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_NOT_READY' });
}

function parseFindings(bytes: Uint8Array): FindingInput[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean);
  return lines.map(line => JSON.parse(line) as FindingInput);
}
