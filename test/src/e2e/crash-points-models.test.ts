import { proveCrashPoints } from '../chaos/prove-crash-points.js';

// With crash-points-data.test.ts one named point per area; `npm run test:chaos` has all of them.
proveCrashPoints(['registration.after-files', 'promotion.before-commit', 'outbox.published']);
