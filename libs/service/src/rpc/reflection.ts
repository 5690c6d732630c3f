import { descriptorsOf } from '@athanor/contracts';
import type {
  Server,
  ServiceDefinition,
  ServiceError,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** What every port serves in addition to its own services. */
const STANDARD_SERVICES = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

type Handler = (...call: unknown[]) => void;

/**
 * Adds gRPC reflection of this port's services, by full name. Building its index takes time, so it is built on first
 * use.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  let index: Promise<Map<string, Handler>> | undefined;
  forEachMethod(new ReflectionService({}), (definition, path) => {
    const handle = (...call: unknown[]): void => {
      index ??= indexServices([...services, ...STANDARD_SERVICES]);
      index.then(
        handlers => handlers.get(path)?.(...call),
        (error: ServiceError) => (call[0] as NodeJS.EventEmitter).emit('error', error),
      );
    };
    server.addService(definition, { ServerReflectionInfo: handle as UntypedHandleCall });
  });
}

async function indexServices(services: readonly string[]): Promise<Map<string, Handler>> {
  const files = { files: { fileDescriptorProtos: await descriptorsOf(services) } } as unknown as PackageDefinition;
  const handlers = new Map<string, Handler>();
  const reflection = new ReflectionService(files, { services: [...services] });
  forEachMethod(reflection, (_definition, path, implementation) => {
    const handler = implementation.ServerReflectionInfo;
    if (handler !== undefined) handlers.set(path, handler as Handler);
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
