import { proveCrashPoints } from '../chaos/prove-crash-points.js';

// With crash-points-models.test.ts one named point per area; `npm run test:chaos` has all of them.
proveCrashPoints(['ingest.before-part-commit', 'training.after-checkpoint']);
