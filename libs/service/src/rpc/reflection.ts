import { loadContracts } from '@athanor/contracts';
import type { Server, ServiceDefinition, UntypedHandleCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';

/** Adds gRPC reflection. Its index of all protos takes half a second of CPU, so it is made when somebody asks first. */
export function addReflection(server: Server): void {
  let index: Map<string, UntypedHandleCall> | undefined;
  forEachMethod(new ReflectionService({}), (definition, path) => {
    const handle = (...call: unknown[]) => {
      index ??= indexAll();
      (index.get(path) as ((...call: unknown[]) => void) | undefined)?.(...call);
    };
    server.addService(definition, { ServerReflectionInfo: handle as UntypedHandleCall });
  });
}

function indexAll(): Map<string, UntypedHandleCall> {
  const handlers = new Map<string, UntypedHandleCall>();
  forEachMethod(new ReflectionService(loadContracts()), (_definition, path, implementation) => {
    const handler = implementation.ServerReflectionInfo;
    if (handler !== undefined) handlers.set(path, handler);
  });
  return handlers;
}

/** Each version of the protocol is a service with one method. */
function forEachMethod(
  reflection: ReflectionService,
  visit: (definition: ServiceDefinition, path: string, implementation: UntypedServiceImplementation) => void,
): void {
  const addService = (definition: ServiceDefinition, implementation: UntypedServiceImplementation) =>
    visit(definition, definition.ServerReflectionInfo?.path ?? '', implementation);
  reflection.addToServer({ addService } as Server);
}
