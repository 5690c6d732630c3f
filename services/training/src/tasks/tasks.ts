import type { ComponentFamily } from '@athanor/components';
import { binary } from './binary.js';
import { multiclass } from './multiclass.js';
import { multilabel } from './multilabel.js';
import { regression } from './regression.js';
import type { Task } from './task.js';

export const TASKS = {
  name: 'task',
  kinds: { regression, binary, multiclass, multilabel } as Readonly<Record<string, Task>>,
} satisfies ComponentFamily<Task>;
