// Models, versions and moves of aliases as text for people.

import type { Evaluation } from '@athanor/contracts/api';
import type { AliasMove, Model, ModelVersion } from '@athanor/contracts/registry';
import { gatesText } from '../commands/model-gate.js';
import { classesText } from '../dataset/describe.js';
import { evaluationText } from '../job/evaluation.js';
import { metricText } from '../job/metric-text.js';
import { batchingText, originText, tensorsText } from '../model-import/import-text.js';
import { fields, formatTime, shortDigest, table } from '../output/render.js';

/** A model with all its versions and moves. */
export interface DescribedModel {
  readonly model: Model;
  readonly classes: readonly string[];
  readonly modelVersions: readonly ModelVersion[];
  readonly moves: readonly AliasMove[];
}

export function modelsText(models: readonly Model[]): string {
  const aliases = (model: Model) => model.aliases.map(({ alias, version }) => `${alias}→v${version}`).join(', ');
  return table(
    ['MODEL', 'LATEST', 'ALIASES', 'CREATED', 'DESCRIPTION'],
    models.map(each => [
      each.name,
      each.latestVersion || '-',
      aliases(each),
      formatTime(each.createTime),
      each.description,
    ]),
  );
}

export function modelText({ model, classes, modelVersions, moves }: DescribedModel): string {
  const rows = modelVersions.map(each => {
    const [evaluation] = each.evaluations;
    return [
      `v${each.version}`,
      shortDigest(each.digest),
      each.aliases.join(', '),
      metricText(evaluation?.metrics[0]) || '-',
      madeBy(each),
      formatTime(each.createTime),
    ];
  });
  const moveRows = moves.map(each => [
    formatTime(each.time),
    each.alias,
    each.fromVersion || '-',
    each.toVersion,
    each.rollback ? 'rollback' : 'promotion',
    each.actor,
    each.reason,
  ]);
  return [
    fields([
      ['Model', model.name],
      ['Description', model.description],
      ['Created', formatTime(model.createTime)],
      ['Classes', classesText(classes)],
    ]),
    gatesText(model),
    table(['VERSION', 'DIGEST', 'ALIASES', 'METRIC', 'MADE BY', 'CREATED'], rows),
    table(['TIME', 'ALIAS', 'FROM', 'TO', 'KIND', 'ACTOR', 'REASON'], moveRows),
  ].join('\n');
}

function madeBy({ jobIds, origin }: ModelVersion): string {
  if (origin !== null) return `import of ${origin.source}`;
  return `${jobIds.length} job${jobIds.length === 1 ? '' : 's'}`;
}

export function versionText(version: ModelVersion): string {
  const { signature, files, evaluations } = version;
  const head = fields([
    ['Version', `${version.modelName} v${version.version}`],
    ['Digest', version.digest],
    ['Aliases', version.aliases.join(', ')],
    ['Inputs', tensorsText(signature?.inputs ?? [])],
    ['Outputs', tensorsText(signature?.outputs ?? [])],
    ['Classes', classesText(signature?.classes ?? [])],
    ['Batching', batchingText(version.batching)],
    ['Origin', originText(version.origin)],
    ['Licence', version.licence],
    ['Dataset', version.datasetDigest],
    ['Jobs', version.jobIds.join(', ')],
    ['Created', formatTime(version.createTime)],
  ]);
  const fileRows = files.map(({ name, byteSize, digest }) => [name, byteSize, digest]);
  const notes = notesText(version);
  return [
    head,
    ...(notes === '' ? [] : [notes]),
    table(['FILE', 'BYTES', 'DIGEST'], fileRows),
    ...evaluations.map(evaluationOf(version)),
  ].join('\n');
}

function notesText({ origin }: ModelVersion): string {
  const sentences = [...(origin?.changes ?? []), ...(origin?.notes ?? [])];
  return sentences.length === 0 ? '' : `Notes of the import:\n${sentences.map(each => `  - ${each}\n`).join('')}`;
}

/** Figures on other data than that of training say so. */
function evaluationOf({ datasetDigest }: ModelVersion): (evaluation: Evaluation) => string {
  return evaluation => {
    const isOther = evaluation.datasetDigest !== datasetDigest;
    const measured = evaluation.jobId === '' ? '' : `, measured by ${evaluation.jobId}`;
    const where = isOther ? `Dataset ${shortDigest(evaluation.datasetDigest)}${measured}: ` : '';
    return `${where}${evaluationText(evaluation)}`;
  };
}

export function moveText(modelName: string, move: AliasMove): string {
  const gates = move.gateResults.map(each => `; gate: ${each.message}, threshold ${each.gate?.threshold}`).join('');
  return `${modelName}@${move.alias}: v${move.fromVersion || '-'} → v${move.toVersion}${gates}\n`;
}
