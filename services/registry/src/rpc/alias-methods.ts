import type { Gate } from '@athanor/contracts/registry';
import type { FieldViolation } from '@athanor/service';
import {
  checkResourceId,
  checkSameRequest,
  crashPoint,
  fromTimestamp,
  invalidFields,
  notFound,
  readPage,
  requestFingerprint,
  toPage,
} from '@athanor/service';
import { checkAlias } from '../promotion/alias-name.js';
import { checkGateCanPass, withDirection } from '../promotion/gate.js';
import { type AliasView, type DecidedMove, decidePromotion, decideRollback } from '../promotion/promote.js';
import {
  type AliasKey,
  type AliasMoveRow,
  allMovesOldestFirst,
  deleteGate,
  findAlias,
  findMoveAt,
  findMoveByRequest,
  listGates,
  listMoves,
  moveAlias,
  setGate,
} from '../store/aliases.js';
import { type Db, findVersion, lockModel, type Trx } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { toAliasMove } from './mapping.js';
import { describeModel, expectLockedModel, expectModel } from './model-methods.js';

type AliasMethods = Pick<
  RegistryMethods,
  'setGate' | 'deleteGate' | 'moveAlias' | 'rollbackAlias' | 'listAliasMoves' | 'getAliasAt'
>;

export function aliasMethods({ db, onCommit }: RegistryDependencies): AliasMethods {
  return {
    async setGate({ modelName, gate }, { tenant }) {
      checkResourceId('model_name', modelName);
      const checked = checkGate(gate);
      // A gate may exist before the first version; then it creates the model's row.
      const model = await db.transaction().execute(async trx => {
        const row = await lockModel(trx, tenant, modelName);
        const latest = await findVersion(trx, { tenant, modelName, version: row.latest_version });
        checkGateCanPass(checked, latest);
        await setGate(trx, { tenant, modelName }, withDirection(checked, latest));
        return row;
      });
      return { model: await describeModel(db, model) };
    },

    async deleteGate({ modelName, ...key }, { tenant }) {
      const { alias, metric, split, datasetDigest } = key;
      const name = [alias, metric, split, datasetDigest].join(' ').trim();
      const model = await db.transaction().execute(async trx => {
        const row = await expectLockedModel(trx, tenant, modelName);
        const existed = await deleteGate(trx, { tenant, modelName }, key);
        if (!existed) throw notFound('gate', name, `list them with: athanor model describe ${modelName}`);
        return row;
      });
      return { model: await describeModel(db, model) };
    },

    async moveAlias(request, { tenant, principal }) {
      const { modelName, version, requestId, reason } = request;
      const alias = checkAlias('alias', request.alias);
      const expectedVersion = request._expectedVersion === undefined ? undefined : request.expectedVersion;
      const fingerprint = requestFingerprint(request);
      const key = { tenant, modelName, alias };
      const row = await underLock(db, key, async (trx, view) => {
        const earlier = await earlierMove(trx, tenant, { requestId, fingerprint });
        if (earlier !== undefined) return earlier;
        const decided = await decidePromotion(view, { version, expectedVersion });
        if (decided === undefined) return await lastMove(trx, key);
        return await write(trx, key, decided, { actor: principal.actor, reason, requestId, fingerprint });
      });
      onCommit();
      return { move: toAliasMove(row) };
    },

    async rollbackAlias(request, { tenant, principal }) {
      const { modelName, alias, reason, requestId } = request;
      // The request id of a promotion is not valid for a rollback.
      const fingerprint = `rollback ${requestFingerprint(request)}`;
      const key = { tenant, modelName, alias };
      const row = await underLock(db, key, async (trx, view) => {
        const earlier = await earlierMove(trx, tenant, { requestId, fingerprint });
        if (earlier !== undefined) return earlier;
        const decided = await decideRollback(view);
        return await write(trx, key, decided, { actor: principal.actor, reason, requestId, fingerprint });
      });
      onCommit();
      return { move: toAliasMove(row) };
    },

    async listAliasMoves(request, { tenant }) {
      const { modelName, alias } = request;
      await expectModel(db, tenant, modelName);
      const page = readPage(request, 'number');
      const { rows, nextPageToken } = toPage(
        await listMoves(db, { tenant, modelName, alias }, page),
        page,
        row => row.id,
      );
      return { moves: rows.map(toAliasMove), nextPageToken };
    },

    async getAliasAt({ modelName, alias, time }, { tenant }) {
      await expectModel(db, tenant, modelName);
      const at = time === null ? new Date() : fromTimestamp(time);
      const move = await findMoveAt(db, { tenant, modelName, alias }, at);
      return { version: move?.to_version ?? 0 };
    },
  };
}

/** The move that the same request made before; undefined for a new request, or one without an id. */
async function earlierMove(
  trx: Trx,
  tenant: string,
  { requestId, fingerprint }: Pick<MoveNote, 'requestId' | 'fingerprint'>,
): Promise<AliasMoveRow | undefined> {
  if (requestId === '') return undefined;
  const earlier = await findMoveByRequest(trx, tenant, requestId);
  if (earlier !== undefined) checkSameRequest(requestId, earlier.fingerprint, fingerprint);
  return earlier;
}

/** Decides and writes in one transaction that holds the model's lock, so that concurrent moves are serialized. */
async function underLock(
  db: Db,
  key: AliasKey,
  work: (trx: Trx, view: AliasView) => Promise<AliasMoveRow>,
): Promise<AliasMoveRow> {
  const { tenant, modelName, alias } = key;
  const row = await db.transaction().execute(async trx => {
    await expectLockedModel(trx, tenant, modelName);
    const view: AliasView = {
      modelName,
      alias,
      currentVersion: (await findAlias(trx, key))?.version ?? 0,
      gates: await listGates(trx, tenant, modelName),
      findVersion: version => findVersion(trx, { tenant, modelName, version }),
      pastMoves: async () =>
        (await allMovesOldestFirst(trx, key)).map(move => ({ toVersion: move.to_version, rollback: move.rollback })),
    };
    return await work(trx, view);
  });
  crashPoint('promotion.after-commit');
  return row;
}

interface MoveNote {
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
  readonly fingerprint: string;
}

async function write(trx: Trx, key: AliasKey, decided: DecidedMove, note: MoveNote): Promise<AliasMoveRow> {
  const row = await moveAlias(trx, key, { ...decided, ...note });
  crashPoint('promotion.before-commit');
  return row;
}

async function lastMove(trx: Db, key: AliasKey): Promise<AliasMoveRow> {
  const [row] = await listMoves(trx, key, { size: 1, after: undefined });
  if (row === undefined) throw new Error(`alias ${key.alias} of ${key.modelName} points to a version but has no move`);
  return row;
}

function checkGate(gate: Gate | null): Gate {
  const violations: FieldViolation[] = [];
  if (gate === null) throw invalidFields([{ field: 'gate', description: 'expected a gate, received none' }]);
  if (gate.metric === '')
    violations.push({ field: 'gate.metric', description: "expected a metric, for example 'accuracy'" });
  if (!['train', 'validation', 'test'].includes(gate.split)) {
    violations.push({ field: 'gate.split', description: `expected train, validation or test, got '${gate.split}'` });
  }
  if (!Number.isFinite(gate.threshold))
    violations.push({ field: 'gate.threshold', description: 'expected a finite number' });
  if (!(gate.minImprovement >= 0))
    violations.push({ field: 'gate.min_improvement', description: 'expected 0 or more' });
  if (violations.length > 0) throw invalidFields(violations);
  checkAlias('gate.alias', gate.alias);
  return gate;
}
