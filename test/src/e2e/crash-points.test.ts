import { proveCrashPoints } from '../chaos/prove-crash-points.js';

// Two of the named points, where most is at stake; `npm run test:chaos` has all of them.
proveCrashPoints(['training.after-checkpoint', 'registration.after-files']);
