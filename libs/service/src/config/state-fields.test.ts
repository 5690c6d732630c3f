import { expect, test } from 'vitest';
import { z } from 'zod';
import { stateFields } from './state-fields.js';

const copies = z.object({ NATS_STREAM_REPLICAS: stateFields().NATS_STREAM_REPLICAS });

test('replicas of streams are one to five, or unchanged', () => {
  expect(copies.parse({})).toEqual({});
  expect(copies.parse({ NATS_STREAM_REPLICAS: '3' })).toEqual({ NATS_STREAM_REPLICAS: 3 });
  for (const wrong of ['0', '6', '2.5', 'three', ''])
    expect(() => copies.parse({ NATS_STREAM_REPLICAS: wrong })).toThrow(/a whole number from 1 to 5/);
});
