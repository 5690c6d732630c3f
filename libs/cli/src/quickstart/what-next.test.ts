import { expect, it } from 'vitest';
import { whatNext } from './what-next.js';

const options = { home: '/checkout/.athanor/quickstart', cwd: '/checkout', keep: false };

it('the suggested commands fit the data', () => {
  expect(whatNext('digits', options)).toMatch(
    /--home \.athanor\/quickstart infer digits --idx .*t10k-images-idx3-ubyte/,
  );
});

it('bug: after a custom CSV it suggested to predict a digit of MNIST', () => {
  const text = whatNext('digits', { ...options, data: 'houses.csv', keep: true });
  expect(text).not.toContain('--idx');
  expect(text).toContain('lineage digits@champion');
  expect(text).toContain('stop it with: ./athanor --home .athanor/quickstart down');
});
