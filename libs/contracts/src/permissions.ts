import type { GRPCInferenceServiceHandlers } from './gen/inference/GRPCInferenceService.js';
import { METHOD_RULES } from './gen/method-rules.js';
import { SERVICE_NAMES } from './services.js';

/** Who may call a method, and how clients may call it. */
export interface MethodRule {
  /** Permission that the credential must have; undefined: any caller, even without a credential. */
  readonly permission: string | undefined;
  /** Only another service of the mesh may call it, without a tenant. */
  readonly meshOnly: boolean;
  /** The method is idempotent: a call may be retried if it is unknown whether it ran. */
  readonly isIdempotent: boolean;
  /** The request has a `request_id`, by which the server recognizes a repeated call. */
  readonly hasRequestId: boolean;
}

type KnownKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };

// Triton's file has no options of ours, so its rules are here; a method without one does not compile.
const INFERENCE: Record<KnownKeys<GRPCInferenceServiceHandlers>, MethodRule> = {
  // Probes have no credential.
  ServerLive: repeatable(undefined),
  ServerReady: repeatable(undefined),
  ModelReady: repeatable('models.infer'),
  ServerMetadata: repeatable('models.infer'),
  ModelMetadata: repeatable('models.infer'),
  ModelInfer: repeatable('models.infer'),
  // Responses of a stream that were already sent would be duplicated.
  ModelStreamInfer: once('models.infer'),
  ModelConfig: repeatable('models.infer'),
  ModelStatistics: repeatable('models.infer'),
  RepositoryIndex: repeatable('models.infer'),
  RepositoryModelLoad: once('models.load'),
  RepositoryModelUnload: once('models.load'),
  SystemSharedMemoryStatus: repeatable('models.infer'),
  SystemSharedMemoryRegister: once('models.load'),
  SystemSharedMemoryUnregister: once('models.load'),
  CudaSharedMemoryStatus: repeatable('models.infer'),
  CudaSharedMemoryRegister: once('models.load'),
  CudaSharedMemoryUnregister: once('models.load'),
  TraceSetting: once('server.settings'),
  LogSettings: once('server.settings'),
};

// Standard services: health is for probes, which have no credential; reflection shows our protos to every caller with a
// key.
const STANDARD: Record<string, MethodRule> = {
  '/grpc.health.v1.Health/Check': repeatable(undefined),
  '/grpc.health.v1.Health/List': repeatable(undefined),
  '/grpc.health.v1.Health/Watch': repeatable(undefined),
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': once('server.reflect'),
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': once('server.reflect'),
};

function repeatable(permission: string | undefined): MethodRule {
  return { permission, meshOnly: false, isIdempotent: true, hasRequestId: false };
}

function once(permission: string): MethodRule {
  return { permission, meshOnly: false, isIdempotent: false, hasRequestId: false };
}

const RULES: ReadonlyMap<string, MethodRule> = new Map<string, MethodRule>([
  ...Object.entries(METHOD_RULES),
  ...Object.entries(INFERENCE).map(([method, rule]): [string, MethodRule] => [
    `/${SERVICE_NAMES.inference}/${method}`,
    rule,
  ]),
  ...Object.entries(STANDARD),
]);

/** The rule of a method by its path, "/package.Service/Method"; undefined: refuse the call. */
export function methodRule(path: string): MethodRule | undefined {
  return RULES.get(path);
}

/** All permissions that methods require. */
export const PERMISSIONS: readonly string[] = [
  ...new Set([...RULES.values()].flatMap(rule => rule.permission ?? [])),
].sort();

/** All permissions of a tenant's administrator: all except those reserved for services and attempts. */
export const TENANT_PERMISSIONS: readonly string[] = PERMISSIONS.filter(
  permission => permission !== 'deployments.serve' && permission !== 'attempts.run',
);
