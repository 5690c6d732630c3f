import { proveCrashPoints } from './prove-crash-points.js';

// All named points. `npm test` has two of them (test/src/e2e/crash-points.test.ts).
proveCrashPoints([
  ...['ingest.before-part-commit', 'ingest.after-part', 'ingest.before-complete', 'ingest.after-create'],
  ...['ingest.before-ready', 'ingest.after-ready'],
  ...[
    'training.after-create',
    'training.after-begin',
    'training.before-checkpoint-commit',
    'training.after-checkpoint',
  ],
  ...['training.before-complete-commit', 'training.after-complete'],
  ...['registration.after-files', 'consumer.received', 'consumer.handled', 'consumer.applied'],
  ...['promotion.before-commit', 'promotion.after-commit'],
  ...['outbox.read', 'outbox.published', 'outbox.marked'],
]);
