import { binaryCrossEntropy } from '@athanor/autodiff';
import type { CategoryValues, Column, ColumnValues, NumberValues } from '@athanor/data';
import { scalar, type Tensor, tensor } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import { z } from 'zod';
import { toLabelBatch } from '../metrics/multilabel/label-batch.js';
import { MULTILABEL_DETAILS, MULTILABEL_METRICS } from '../metrics/multilabel/label-metrics.js';
import { startRankings } from '../metrics/ranking/rankings.js';
import { measurement, primaryParameter } from './measurement.js';
import { type BoundTask, type Task, UnsupportedTargets } from './task.js';
import { thresholdParameter, withThreshold } from './threshold.js';

const parameters = z.strictObject({
  threshold: thresholdParameter('a label applies (one for all labels)'),
  primary: primaryParameter(MULTILABEL_METRICS, 'f1_micro'),
});

/** Several yes-or-no targets per row: a sigmoid and cross-entropy each. */
export const multilabel: Task<z.output<typeof parameters>> = {
  kind: 'multilabel',
  version: 1,
  summary: 'Several labels per row, each of which applies or not: a sigmoid and cross-entropy each.',
  parameters,
  accepts(targets: readonly Column[]) {
    if (targets.length < 2) return `expected two targets or more, got ${targets.length}`;
    const wrong = targets.find(({ type }) => type.kind !== 'number' && type.kind !== 'category');
    return wrong === undefined || `expected targets of two values, '${wrong.name}' is a ${wrong.type.kind}`;
  },
  bind({ threshold, primary }, { columns, all }): BoundTask {
    const width = columns.length;
    const labels = columns.map((column, index) => labelReader(column, all[index]!));
    const bindAt = (bound: number): BoundTask => ({
      classes: columns.map(({ name }) => name),
      fitted: { labels: columns.map(({ name }, index) => ({ name, values: labels[index]!.values })) },
      outputWidth: width,
      loss: binaryCrossEntropy,
      correctMetric: 'subset_accuracy',
      truth(targets) {
        const read = targets.map((values, index) => labels[index]!.read(values));
        const rows = read[0]!.length;
        const both = new Uint8Array(rows * width);
        for (const [column, values] of read.entries())
          for (let row = 0; row < rows; row++) both[row * width + column] = values[row]!;
        return tensor('UINT8', [rows, width], both);
      },
      labelType: { dtype: 'FP32', shape: [width] },
      labels: ({ data, shape }) => tensor('FP32', shape, Float32Array.from(data as Uint8Array)),
      emitOutputs(g, logits) {
        const probabilities = g.op('Sigmoid', [logits]);
        g.output(probabilities, 'probabilities');
        g.output(g.op('GreaterOrEqual', [probabilities, g.constant(scalar('FP32', bound))]), 'labels');
      },
      scores: { output: 'probabilities', width },
      ...measurement({ metrics: MULTILABEL_METRICS, details: MULTILABEL_DETAILS, width }, primary, (scores, truth) =>
        toLabelBatch(scores, (truth as Tensor<'UINT8'>).data, width, bound),
      ),
    });
    return withThreshold(threshold, bindAt, (scores, truth) => {
      const ranking = startRankings(1)[0]!;
      for (const [index, flag] of (truth as Tensor<'UINT8'>).data.entries()) ranking.add(scores[index]!, flag === 1);
      return ranking;
    });
  },
};

interface LabelReader {
  /** The two values of the column as text, or one if it has no other; the one that applies last. */
  readonly values: readonly string[];
  /** 1 where the label applies. */
  read(values: ColumnValues): Uint8Array;
}

/** A label applies where the column has the greater of its two values (1, true, yes). */
function labelReader(column: SourceColumn, all: ColumnValues): LabelReader {
  if (column.type.kind === 'category') {
    const { categories = [] } = column;
    if (categories.length > 2) throw tooManyValues(column.name, categories.length);
    return {
      values: categories,
      read: values => Uint8Array.from((values as CategoryValues).codes, code => Number(code === categories.length - 1)),
    };
  }
  const isBool = column.type.kind === 'number' && column.type.dtype === 'BOOL';
  const distinct = [...new Set<number | bigint>((all as NumberValues).data)].sort((a, b) => (a < b ? -1 : 1));
  if (distinct.length > 2) throw tooManyValues(column.name, distinct.length);
  const greatest = distinct.at(-1);
  return {
    values: distinct.map(value => (isBool ? String(value === 1) : String(value))),
    read: values =>
      Uint8Array.from((values as NumberValues).data as ArrayLike<number>, value => Number(value === greatest)),
  };
}

function tooManyValues(name: string, count: number): UnsupportedTargets {
  return new UnsupportedTargets(`a label has two values, the target '${name}' has ${count}`);
}
