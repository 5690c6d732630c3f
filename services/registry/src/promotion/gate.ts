import type { Evaluation } from '@athanor/contracts/api';
import type { Gate, GateResult } from '@athanor/contracts/registry';
import { invalidFields } from '@athanor/service/errors';

/** What a gate evaluates about a version. */
export interface GateSubject {
  readonly version: number;
  readonly evaluations: readonly Evaluation[];
}

/** Throws INVALID_ARGUMENT for a gate that no version can pass because none has its metric on its split. */
export function checkGateCanPass(gate: Gate, latest: GateSubject | undefined): void {
  if (latest === undefined || latest.evaluations.length === 0) return;
  // A version of before the validation split was evaluated says nothing about which splits the next one will have.
  const isOlder = latest.evaluations.every(({ detailsDigest }) => (detailsDigest ?? '') === '');
  const splits = isOlder ? latest.evaluations.map(({ split }) => split) : [gate.split];
  if (splits.some(split => metricOf({ ...gate, split, datasetDigest: '' }, latest) !== undefined)) return;
  throw invalidFields([{ field: 'gate.metric', description: missingMessage({ ...gate, datasetDigest: '' }, latest) }]);
}

/** The gate with the direction of its metric, as far as a version shows it: a smaller loss is better, whatever a request says. */
export function withDirection(gate: Gate, subject: GateSubject | undefined): Gate {
  const known = subject?.evaluations.flatMap(({ metrics }) => metrics).find(({ name }) => name === gate.metric);
  return { ...gate, smallerIsBetter: gate.smallerIsBetter || known?.smallerIsBetter === true };
}

/** Checks a candidate against a gate, and against the alias's current version. */
export function evaluateGate(stored: Gate, candidate: GateSubject, champion: GateSubject | undefined): GateResult {
  const gate = withDirection(stored, candidate);
  const value = metricOf(gate, candidate);
  if (value === undefined) return failed(gate, undefined, missingMessage(gate, candidate));
  const sign = gate.smallerIsBetter ? -1 : 1;
  if (sign * value < sign * gate.threshold) {
    const bound = gate.smallerIsBetter ? 'at most' : 'at least';
    return failed(gate, value, `${gate.metric} is ${value}, but the gate requires ${bound} ${gate.threshold}`);
  }
  const championValue = champion === undefined ? undefined : metricOf(gate, champion);
  const passed: GateResult = { gate, passed: true, value, message: `${gate.metric} is ${value}` };
  if (gate.minImprovement > 0 && champion !== undefined && championValue === undefined) {
    const message = `${missingMessage(gate, champion)}, so the required improvement of ${gate.minImprovement} cannot be measured; promote it without this gate, or evaluate version ${champion.version} first`;
    return failed(gate, value, message);
  }
  if (championValue === undefined) return passed;
  if (gate.minImprovement > 0 && sign * (value - championValue) < gate.minImprovement) {
    const message = `${gate.metric} is ${value}; version ${champion?.version} has ${championValue}, but the gate requires an improvement of ${gate.minImprovement}`;
    return { ...failed(gate, value, message), championValue };
  }
  return { ...passed, championValue };
}

function metricOf(gate: Gate, { evaluations }: GateSubject): number | undefined {
  const fits = (each: Evaluation) =>
    each.split === gate.split && (gate.datasetDigest === '' || each.datasetDigest === gate.datasetDigest);
  const value = evaluations.find(fits)?.metrics.find(({ name }) => name === gate.metric)?.value;
  // NaN is stored as null in JSON, and every comparison with it is false, so it must be checked explicitly.
  return Number.isFinite(value) ? value : undefined;
}

function missingMessage(gate: Gate, { version, evaluations }: GateSubject): string {
  const known = evaluations.flatMap(({ split, metrics }) => metrics.map(({ name }) => `${split}/${name}`));
  const on = gate.datasetDigest === '' ? '' : ` on dataset ${gate.datasetDigest}`;
  return `version ${version} has no '${gate.metric}' on split '${gate.split}'${on}; it has ${known.join(', ') || 'no evaluation'}`;
}

function failed(gate: Gate, value: number | undefined, message: string): GateResult {
  return { gate, passed: false, ...(value !== undefined && { value }), message };
}
