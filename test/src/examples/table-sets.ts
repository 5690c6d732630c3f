import { join } from 'node:path';
import { ROOT } from '../mesh/test-mesh.js';

/** A real table and the options with which a user would import and train it. */
export interface TableSet {
  readonly name: string;
  /** In the folder of data sets. */
  readonly files: readonly string[];
  readonly testFiles?: readonly string[];
  readonly importOptions: readonly string[];
  readonly trainOptions: readonly string[];
  /** What is compared with scikit-learn. */
  readonly metric: string;
}

/** The data sets are not part of the repository. */
export const DATA = join(ROOT, '../shared/data');

const ADULT_COLUMNS =
  'age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,capital-loss,hours-per-week,native-country,income';
const IRIS_COLUMNS = 'sepal-length,sepal-width,petal-length,petal-width,species';
const WINE_COLUMNS =
  'fixed-acidity,volatile-acidity,citric-acid,residual-sugar,chlorides,free-sulfur-dioxide,total-sulfur-dioxide,density,ph,sulphates,alcohol,quality';

export const TABLE_SETS: readonly TableSet[] = [
  {
    name: 'adult-census',
    files: ['adult-census/adult-train.csv.gz'],
    testFiles: ['adult-census/adult-test.csv.gz'],
    importOptions: ['--no-header', '--columns', ADULT_COLUMNS, '--target', 'income', '--strip', 'income=.'],
    trainOptions: [],
    metric: 'accuracy',
  },
  {
    name: 'breast-cancer',
    files: ['breast-cancer/breast_cancer.csv'],
    importOptions: ['--skip-lines', '1', '--no-header', '--target', 'column_31'],
    trainOptions: [],
    metric: 'accuracy',
  },
  {
    name: 'california-housing',
    files: ['california-housing/housing.csv.gz'],
    importOptions: ['--target', 'median_house_value'],
    trainOptions: [],
    metric: 'r2',
  },
  {
    name: 'iris',
    files: ['iris/iris.csv'],
    importOptions: ['--skip-lines', '1', '--no-header', '--columns', IRIS_COLUMNS, '--target', 'species'],
    trainOptions: [],
    metric: 'accuracy',
  },
  {
    name: 'titanic',
    files: ['titanic/titanic.csv'],
    importOptions: ['--target', 'survived', '--ignore', 'alive'],
    trainOptions: [],
    metric: 'accuracy',
  },
  {
    name: 'wine-quality',
    files: ['wine-quality/winequality-red.csv', 'wine-quality/winequality-white.csv'],
    importOptions: ['--no-header', '--columns', WINE_COLUMNS, '--target', 'quality'],
    trainOptions: ['--task', 'regression'],
    metric: 'r2',
  },
  {
    name: 'tic-tac-toe-endgame',
    files: ['tic-tac-toe-endgame/tic-tac-toe.csv'],
    importOptions: ['--target', 'class'],
    trainOptions: [],
    metric: 'accuracy',
  },
  {
    name: 'multilabel (titanic)',
    files: ['titanic/titanic.csv'],
    importOptions: ['--target', 'survived,alone', '--ignore', 'alive,sibsp,parch'],
    trainOptions: [],
    metric: 'f1_micro',
  },
];
