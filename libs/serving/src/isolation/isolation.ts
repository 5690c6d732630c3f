import type { ComponentFamily, ComponentKind } from '@athanor/components';
import { z } from 'zod';

/** Where a model runs. */
export interface Isolation<P = unknown> extends ComponentKind<P> {
  /** Undefined: a thread for a graph that was built here, else a process. */
  readonly place: 'thread' | 'process' | undefined;
}

const runTimeoutMs = z
  .number()
  .int()
  .min(10)
  .max(3_600_000)
  .default(30_000)
  .describe('A run of a process that takes longer is ended with its process and fails; the process is restarted.');
const loadTimeoutMs = z
  .number()
  .int()
  .min(100)
  .max(3_600_000)
  .default(120_000)
  .describe('A model that takes longer to load into a process has failed.');
const memoryLimitMb = z
  .number()
  .int()
  .min(16)
  .max(16_777_216)
  .nullable()
  .default(null)
  .describe('Resident MiB of a process, after which it is replaced; null: what the pool allows for all models.');

const processLimits = z.strictObject({ runTimeoutMs, loadTimeoutMs, memoryLimitMb });

/** Limits of a model that runs in a process of its own. */
export type ProcessLimits = z.output<typeof processLimits>;

const auto: Isolation<ProcessLimits> = {
  kind: 'auto',
  version: 1,
  summary: 'A thread for a model that was trained here, a process for an imported one.',
  place: undefined,
  parameters: processLimits,
};

const process: Isolation<ProcessLimits> = {
  kind: 'process',
  version: 1,
  summary: 'A process of its own: a model that hangs, leaks or crashes harms no other.',
  place: 'process',
  parameters: processLimits,
};

const thread: Isolation = {
  kind: 'thread',
  version: 1,
  summary: 'A thread: tensors are handed over without a copy. Only for models that were trained here.',
  place: 'thread',
  parameters: z.strictObject({}),
};

/** All kinds of isolation: a new one is a file and a line. */
export const ISOLATION: ComponentFamily<Isolation> = { name: 'isolation', kinds: { auto, process, thread } };
