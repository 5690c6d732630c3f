const MAX_VALUES_SHOWN = 32;
const MAX_CLASSES_SHOWN = 5;

export interface ShownOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
  /** Names of its classes that the deployment gives; they go before those of the model. */
  readonly labels?: readonly string[];
}

/** The text of an output: for a classifier its best classes and the name of the chosen one, else the numbers. */
export function outputText({ name, shape, values, labels = [] }: ShownOutput, classes: readonly string[]): string {
  const numbers = values.filter(value => typeof value === 'number');
  if (labels.length > 0 && numbers.length === values.length) {
    if (shape.at(-1) === labels.length) return rowsOf(numbers, labels).join('; ');
    if (numbers.every(value => labels[value] !== undefined))
      return numbers.map(value => `${labels[value]} (class ${value})`).join('; ');
  }
  if (classes.length > 0 && numbers.length === values.length) {
    if (shape.length === 2 && shape[1] === classes.length) return rowsOf(numbers, classes).join('; ');
    if (name === 'label' && numbers.every(value => classes[value] !== undefined))
      return numbers.map(value => `${classes[value]} (class ${value})`).join('; ');
  }
  const shown = values.slice(0, MAX_VALUES_SHOWN).map(numberText).join(' ');
  return `[${shape.join(', ')}] ${shown}${values.length > MAX_VALUES_SHOWN ? ' …' : ''}`;
}

/** Per row "high 0.9999, low 0.0001", best first. */
function rowsOf(values: readonly number[], classes: readonly string[]): string[] {
  const rows = Array.from({ length: values.length / classes.length }, (_, row) =>
    values.slice(row * classes.length, (row + 1) * classes.length),
  );
  return rows.map(row => {
    const best = row.map((value, index) => ({ value, index })).sort((a, b) => b.value - a.value);
    const shown = best.slice(0, MAX_CLASSES_SHOWN).map(({ value, index }) => `${classes[index]} ${numberText(value)}`);
    return shown.join(', ') + (row.length > MAX_CLASSES_SHOWN ? ', …' : '');
  });
}

function numberText(value: number | string): string {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(4) : String(value);
}
