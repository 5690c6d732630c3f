import type { GRPCInferenceServiceHandlers } from './gen/inference/GRPCInferenceService.js';
import { METHOD_RULES } from './gen/method-rules.js';
import { SERVICE_NAMES } from './services.js';

/** Who may call a method. */
export interface MethodRule {
  /** Must be among the credential's permissions; undefined: any caller, even without a credential. */
  readonly permission: string | undefined;
  /** Only another service of the mesh may call it, without a tenant. */
  readonly meshOnly: boolean;
}

type KnownKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };

// Triton's file carries no options of ours, so its rules stand here; a method without one does not compile.
const INFERENCE: Record<KnownKeys<GRPCInferenceServiceHandlers>, string> = {
  ServerLive: 'models.infer',
  ServerReady: 'models.infer',
  ModelReady: 'models.infer',
  ServerMetadata: 'models.infer',
  ModelMetadata: 'models.infer',
  ModelInfer: 'models.infer',
  ModelStreamInfer: 'models.infer',
  ModelConfig: 'models.infer',
  ModelStatistics: 'models.infer',
  RepositoryIndex: 'models.infer',
  RepositoryModelLoad: 'models.load',
  RepositoryModelUnload: 'models.load',
  SystemSharedMemoryStatus: 'models.infer',
  SystemSharedMemoryRegister: 'models.load',
  SystemSharedMemoryUnregister: 'models.load',
  CudaSharedMemoryStatus: 'models.infer',
  CudaSharedMemoryRegister: 'models.load',
  CudaSharedMemoryUnregister: 'models.load',
  TraceSetting: 'server.settings',
  LogSettings: 'server.settings',
};

// Standard services: health is for probes, which carry no credential; reflection shows our protos to whoever holds a key.
const STANDARD: Record<string, MethodRule> = {
  '/grpc.health.v1.Health/Check': { permission: undefined, meshOnly: false },
  '/grpc.health.v1.Health/List': { permission: undefined, meshOnly: false },
  '/grpc.health.v1.Health/Watch': { permission: undefined, meshOnly: false },
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': { permission: 'server.reflect', meshOnly: false },
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': { permission: 'server.reflect', meshOnly: false },
};

const RULES: ReadonlyMap<string, MethodRule> = new Map<string, MethodRule>([
  ...Object.entries(METHOD_RULES),
  ...Object.entries(INFERENCE).map(([method, permission]): [string, MethodRule] => [
    `/${SERVICE_NAMES.inference}/${method}`,
    { permission, meshOnly: false },
  ]),
  ...Object.entries(STANDARD),
]);

/** The rule of a method by its path, "/package.Service/Method"; undefined means: refuse. */
export function methodRule(path: string): MethodRule | undefined {
  return RULES.get(path);
}

/** Every permission that some method asks for. */
export const PERMISSIONS: readonly string[] = [
  ...new Set([...RULES.values()].flatMap(rule => rule.permission ?? [])),
].sort();

/** What a tenant's own administrator may do: all but what only services and attempts do. */
export const TENANT_PERMISSIONS: readonly string[] = PERMISSIONS.filter(
  permission => permission !== 'deployments.serve' && permission !== 'attempts.run',
);
