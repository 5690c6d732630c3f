import { expect, it } from 'vitest';
import { expiryTime, permissionList } from './key-options.js';

it('permissions are those of the contract', () => {
  expect(permissionList('models.infer, models.read')).toEqual(['models.infer', 'models.read']);
  expect(permissionList('*')).toEqual(['*']);
  expect(() => permissionList('models.infer,models.destroy')).toThrow(/'models\.destroy' is none of .*models\.infer/);
  // Reserved for attempts and services.
  for (const name of ['attempts.run', 'deployments.serve', '']) expect(() => permissionList(name)).toThrow(/expected/);
});

it('an expiry is in the future', () => {
  const inDays = (text: string) => (Date.parse(expiryTime(text)) - Date.now()) / 86_400_000;
  expect(inDays('30d')).toBeCloseTo(30, 3);
  expect(inDays('12h')).toBeCloseTo(0.5, 3);
  expect(inDays('2w')).toBeCloseTo(14, 3);
  expect(expiryTime('2999-01-31')).toBe('2999-01-31T00:00:00.000Z');
  for (const wrong of ['0d', '30', 'soon', '2001-01-01', '-3d', '1y'])
    expect(() => expiryTime(wrong), wrong).toThrow(/expected a time in the future/);
});
