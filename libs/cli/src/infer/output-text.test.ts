import { expect, it } from 'vitest';
import { outputText } from './output-text.js';

const classes = ['cat', 'dog', 'owl'];

it('bug: a prediction had the number of its class, not the name', () => {
  const probabilities = { name: 'probabilities', shape: [2, 3], values: [0.25, 0.5, 0.25, 0.125, 0.125, 0.75] };
  expect(outputText(probabilities, classes)).toBe(
    'dog 0.5000, cat 0.2500, owl 0.2500; owl 0.7500, cat 0.1250, dog 0.1250',
  );
  expect(outputText({ name: 'label', shape: [2], values: [1, 2] }, classes)).toBe('dog (class 1); owl (class 2)');
});

it('shows at most five classes, and numbers if there are no names', () => {
  const many = Array.from({ length: 7 }, (_, index) => `c${index}`);
  const row = { name: 'probabilities', shape: [1, 7], values: [1, 2, 3, 4, 5, 6, 7] };
  expect(outputText(row, many)).toBe('c6 7, c5 6, c4 5, c3 4, c2 3, …');
  expect(outputText(row, [])).toBe('[1, 7] 1 2 3 4 5 6 7');
  expect(outputText({ name: 'label', shape: [1], values: [9] }, classes)).toBe('[1] 9');
  expect(outputText({ name: 'text', shape: [1], values: ['a'] }, classes)).toBe('[1] a');
});

it('uses the labels of the deployment for their output only', () => {
  const labels = ['no', 'yes'];
  const scores = { name: 'scores', shape: [2, 2], values: [0.25, 0.75, 0.5, 0.125], labels };
  expect(outputText(scores, [])).toBe('yes 0.7500, no 0.2500; no 0.5000, yes 0.1250');
  expect(outputText({ ...scores, shape: [2], values: [0.25, 0.75] }, classes)).toBe('yes 0.7500, no 0.2500');
  expect(outputText({ ...scores, shape: [1], values: [1] }, [])).toBe('yes (class 1)');
  expect(outputText({ ...scores, shape: [1, 3], values: [1, 2, 3] }, [])).toBe('[1, 3] 1 2 3');
});
