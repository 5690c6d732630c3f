// For the tests of services: credentials in the test's own folder. Running services use nothing from here.
export { frame, openRawCall, openRawConnection, pour, type RawCall } from './raw-call.js';
export { createTestCredentials, type TestCredentials, type TestKey } from './test-credentials.js';
export { type TestEnvironmentOptions, testEnvironment } from './test-environment.js';
