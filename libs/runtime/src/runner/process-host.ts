import { createHost } from './host.js';
import type { Request } from './protocol.js';

const handle = createHost(
  response => process.send!(response),
  () => process.disconnect(),
);
process.on('message', request => void handle(request as Request));
// The parent has exited, so nobody waits for responses.
process.on('disconnect', () => process.exit(0));
