// For the tests of services: credentials in a folder of the test's own. Nothing here is used by a running service.
export { frame, openRawCall, openRawConnection, pour, type RawCall } from './raw-call.js';
export { createTestCredentials, type TestCredentials, type TestKey } from './test-credentials.js';
export { type TestEnvironmentOptions, testEnvironment } from './test-environment.js';
