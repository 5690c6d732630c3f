import { COLOURS } from '../charts/chart.js';
import { type Line, lines } from '../charts/lines.js';
import { type Html, html } from '../html/markup.js';
import { countText, figureText } from '../text/numbers.js';
import type { DetailedEvaluation, EvaluationDetails, ReliabilityBin } from './job-data.js';

const SIZE = { width: 370, height: 350 };
const SHARE = { min: 0, max: 1 };

/** Calibration, ROC curve and precision-recall curve, as far as their points are stored. */
export function probabilityPlots({ evaluation, details }: DetailedEvaluation): readonly Html[] {
  const { roc = [], reliability = [] } = details;
  const classes = details.classes ?? evaluation.classes;
  const supports =
    classes.length === 2 ? { negatives: classes[0]!.support, positives: classes[1]!.support } : undefined;
  return [
    ...(reliability.length > 0 ? [calibration(reliability, supports !== undefined)] : []),
    ...(roc.length > 0 ? [rocCurve(roc, thresholdPoint(evaluation.confusionMatrix))] : []),
    ...(roc.length > 0 && supports ? [precisionRecall(roc, supports)] : []),
  ];
}

const DIAGONAL: Pick<Line, 'points' | 'colour' | 'isDashed'> = {
  ...{ colour: COLOURS.muted, isDashed: true },
  points: [
    [0, 0],
    [1, 1],
  ],
};

function calibration(bins: readonly ReliabilityBin[], isBinary: boolean): Html {
  const rows = bins.reduce((sum, each) => sum + each.rows, 0);
  const smallest = Math.min(...bins.map(each => each.rows));
  return lines({
    label: 'Reliability diagram: observed share by predicted probability',
    caption: html`Bins of the ${isBinary ? 'probability of the second class' : "predicted class's probability"}; ${countText(rows)} rows, the smallest bin has ${countText(smallest)}. Below the dashed line, predicted probabilities are too high.`,
    size: SIZE,
    x: { name: 'predicted probability', ...SHARE },
    y: { name: 'observed share', ...SHARE },
    lines: [
      { ...DIAGONAL, name: 'ideal' },
      {
        ...{ name: 'model', colour: COLOURS.first, hasMarkers: true },
        points: bins.map(({ predicted, observed }) => [predicted, observed]),
      },
    ],
  });
}

interface RatePoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** What the decisions of a binary model are, by its confusion matrix. */
function thresholdPoint(matrix: readonly number[]): RatePoint | undefined {
  if (matrix.length !== 4) return undefined;
  const [trueNegatives = 0, falsePositives = 0, falseNegatives = 0, truePositives = 0] = matrix;
  const [negatives, positives] = [trueNegatives + falsePositives, falseNegatives + truePositives];
  if (negatives === 0 || positives === 0) return undefined;
  return { falsePositiveRate: falsePositives / negatives, truePositiveRate: truePositives / positives };
}

function rocCurve(roc: NonNullable<EvaluationDetails['roc']>, decided: RatePoint | undefined): Html {
  return lines({
    label: 'ROC curve: true positive rate by false positive rate',
    caption: decided
      ? `At the decision threshold: ${figureText(decided.truePositiveRate)} of the positive rows are found, and ${figureText(decided.falsePositiveRate)} of the negative ones are taken for positive.`
      : 'Over all labels.',
    size: SIZE,
    x: { name: 'false positive rate', ...SHARE },
    y: { name: 'true positive rate', ...SHARE },
    lines: [
      { ...DIAGONAL, name: 'chance' },
      { name: 'ROC', colour: COLOURS.first, points: roc.map(([x, y]) => [x, y]) },
      ...(decided
        ? [
            {
              ...{ name: 'threshold', colour: COLOURS.second, isScattered: true, hasMarkers: true },
              points: [[decided.falsePositiveRate, decided.truePositiveRate] as const],
            },
          ]
        : []),
    ],
  });
}

/** Precision of each ROC point: TPR · P / (TPR · P + FPR · N). */
function precisionRecall(
  roc: NonNullable<EvaluationDetails['roc']>,
  { positives, negatives }: { readonly positives: number; readonly negatives: number },
): Html {
  const points = roc.flatMap(([falsePositiveRate, truePositiveRate]) => {
    const [hits, misses] = [truePositiveRate * positives, falsePositiveRate * negatives];
    return hits + misses === 0 ? [] : [[truePositiveRate, hits / (hits + misses)] as const];
  });
  const share = positives / (positives + negatives);
  return lines({
    label: 'Precision by recall',
    caption: `From the points of the ROC curve. Without a model the precision is the share of the second class, ${figureText(share)}.`,
    size: SIZE,
    x: { name: 'recall', ...SHARE },
    y: { name: 'precision', ...SHARE },
    lines: [
      {
        name: 'chance',
        colour: COLOURS.muted,
        isDashed: true,
        points: [
          [0, share],
          [1, share],
        ],
      },
      { name: 'precision', colour: COLOURS.first, points },
    ],
  });
}
