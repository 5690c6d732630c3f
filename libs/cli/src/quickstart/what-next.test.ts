import { expect, it } from 'vitest';
import { whatNext } from './what-next.js';

const options = { home: '/checkout/.athanor/quickstart', cwd: '/checkout', keep: false };

it('what to try next is what the data can do', () => {
  expect(whatNext('digits', options)).toMatch(
    /--home \.athanor\/quickstart infer digits --idx .*t10k-images-idx3-ubyte/,
  );
});

it('bug: after a CSV of your own it was to ask the model for a digit of MNIST', () => {
  const text = whatNext('digits', { ...options, data: 'houses.csv', keep: true });
  expect(text).not.toContain('--idx');
  expect(text).toContain('lineage digits@champion');
  expect(text).toContain('stop it with: ./athanor --home .athanor/quickstart down');
});
