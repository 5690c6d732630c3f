import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../serving/serving-settings.js';
import {
  type DeploymentState,
  decideState,
  decideTarget,
  isSameState,
  type ServedVersion,
} from './deployment-state.js';

const target = { modelName: 'm', alias: '', version: 1 };
const none = { modelName: '', alias: '', version: 0 };
const change = { target: none, stated: {}, reset: [], stopped: undefined };
const current: DeploymentState = { ...target, serving: { ...DEFAULT_SETTINGS, instances: 4 }, stopped: true };
const tensor = (name: string) => ({ name, datatype: 'FP32', shape: [-1], axes: [] });
const version: ServedVersion = {
  isImported: true,
  signature: { inputs: [tensor('x')], outputs: [tensor('y')] },
  recommended: { instances: 2, gpu: 'GPU_OFF' },
};

describe('the target', () => {
  test('stays as it is unless the request names one', () => {
    expect(decideTarget(current, none)).toMatchObject(target);
    expect(decideTarget(current, { ...none, modelName: 'm' })).toMatchObject(target);
    expect(decideTarget(current, { ...none, alias: 'champion' })).toEqual({ ...target, alias: 'champion', version: 0 });
  });

  test('of a new deployment, or of another model, is an alias or a version', () => {
    expect(() => decideTarget(undefined, { ...none, modelName: 'm' })).toThrow('got neither');
    expect(() => decideTarget(current, { ...none, modelName: 'other' })).toThrow('got neither');
    expect(() => decideTarget(undefined, { modelName: 'm', alias: 'a', version: 1 })).toThrow('got both');
  });
});

describe('the settings', () => {
  test('of a new deployment are what is stated, then what the version recommends, then the defaults', () => {
    const { serving, stopped } = decideState(undefined, target, { ...change, stated: { instances: 3 } }, version);
    expect(serving).toEqual({ ...DEFAULT_SETTINGS, gpu: 'GPU_OFF', instances: 3 });
    expect(stopped).toBe(false);
    expect(decideState(undefined, target, change, undefined).serving).toEqual(DEFAULT_SETTINGS);
  });

  test('of an existing deployment stay unless they are stated or reset', () => {
    expect(decideState(current, target, { ...change, stopped: false }, version)).toMatchObject({
      serving: { instances: 4, gpu: 'GPU_UNSPECIFIED' },
      stopped: false,
    });
    expect(decideState(current, target, { ...change, reset: ['instances'] }, version).serving.instances).toBe(2);
    expect(isSameState(decideState(current, target, change, version), current)).toBe(true);
  });

  test('must fit the version', () => {
    const stated = {
      isolation: { kind: 'thread', parameters: {}, version: 1 },
      labels: { outputs: [{ output: 'z', labels: ['a'] }] },
      warmUp: {
        samples: [
          { batchSize: 1, count: 1, inputs: [{ name: 'w', dims: [1], content: 'CONTENT_ZERO' as const, raw: '' }] },
        ],
      },
    };
    expect(() => decideState(current, target, { ...change, stated }, version)).toThrow(
      /isolation\.kind: expected auto or process .*labels\.outputs\[0\]\.output: expected one of y, got 'z'; .*inputs\[0\]\.name: expected one of x, got 'w'/,
    );
    const { isolation } = stated;
    const trained = { ...version, isImported: false };
    expect(decideState(current, target, { ...change, stated: { isolation } }, trained).serving.isolation).toEqual(
      isolation,
    );
  });
});
