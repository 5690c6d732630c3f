import type { Gate, GateResult } from '@athanor/contracts/registry';
import { notFound, ServiceError } from '@athanor/service/errors';
import { type PastMove, rollbackTarget } from './alias-history.js';
import { evaluateGate, type GateSubject } from './gate.js';

/** A move that was decided. */
export interface DecidedMove {
  readonly toVersion: number;
  readonly rollback: boolean;
  readonly gateResults: GateResult[];
}

/** The input of a promotion, read in one transaction that holds the model's lock. */
export interface AliasView {
  readonly modelName: string;
  readonly alias: string;
  /** 0 if the alias does not exist. */
  readonly currentVersion: number;
  readonly gates: readonly Gate[];
  findVersion(version: number): Promise<GateSubject | undefined>;
  pastMoves(): Promise<readonly PastMove[]>;
}

/** Decides whether an alias may move to a version. Undefined: it already points there. */
export async function decidePromotion(
  view: AliasView,
  wanted: { readonly version: number; readonly expectedVersion: number | undefined },
): Promise<DecidedMove | undefined> {
  const { currentVersion, modelName, alias } = view;
  if (wanted.expectedVersion !== undefined && wanted.expectedVersion !== currentVersion) {
    const message = `alias '${alias}' of '${modelName}' was expected at version ${wanted.expectedVersion}, but is at ${currentVersion}; read the alias again and retry`;
    throw new ServiceError('ABORTED', message, { reason: 'ALIAS_MOVED' });
  }
  const candidate = await view.findVersion(wanted.version);
  if (candidate === undefined) {
    throw notFound(
      'model version',
      `${modelName} v${wanted.version}`,
      `list them with: athanor model describe ${modelName}`,
    );
  }
  if (currentVersion === wanted.version) return undefined;
  const champion = currentVersion === 0 ? undefined : await view.findVersion(currentVersion);
  const gates = view.gates.filter(gate => gate.alias === alias);
  const gateResults = gates.map(gate => evaluateGate(gate, candidate, champion));
  const failures = gateResults.filter(({ passed }) => !passed);
  if (failures.length > 0) throw gateFailed(view, wanted.version, failures);
  return { toVersion: wanted.version, rollback: false, gateResults };
}

/** Decides where a rollback leads. No gate is checked: the version passed before. */
export async function decideRollback(view: AliasView): Promise<DecidedMove> {
  const toVersion = rollbackTarget(await view.pastMoves());
  if (toVersion === undefined) {
    const message = `alias '${view.alias}' of '${view.modelName}' has no earlier promotion to go back to; promote a version instead`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'NOTHING_TO_ROLL_BACK' });
  }
  return { toVersion, rollback: true, gateResults: [] };
}

function gateFailed(view: AliasView, version: number, failures: readonly GateResult[]): ServiceError {
  const why = failures.map(({ message }) => message).join('; ');
  const metadata = Object.fromEntries(
    failures.flatMap(({ gate, value }) => [
      ...(value === undefined ? [] : [[`${gate?.metric}_value`, String(value)]]),
      [`${gate?.metric}_threshold`, String(gate?.threshold)],
    ]),
  );
  const message = `version ${version} of '${view.modelName}' may not become '${view.alias}': ${why}; the alias stays at version ${view.currentVersion}`;
  return new ServiceError('FAILED_PRECONDITION', message, { reason: 'GATE_FAILED', metadata });
}
