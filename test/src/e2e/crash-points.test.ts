import { proveCrashPoints } from '../chaos/prove-crash-points.js';

// One named point per area; `npm run test:chaos` has all of them.
proveCrashPoints([
  'ingest.before-part-commit',
  'training.after-checkpoint',
  'registration.after-files',
  'promotion.before-commit',
  'outbox.published',
]);
