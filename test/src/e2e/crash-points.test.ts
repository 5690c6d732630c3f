import { proveCrashPoints } from '../chaos/prove-crash-points.js';

// One named point of each area; `npm run test:chaos` has them all.
proveCrashPoints([
  'ingest.before-part-commit',
  'training.after-checkpoint',
  'registration.after-files',
  'promotion.before-commit',
  'outbox.published',
]);
