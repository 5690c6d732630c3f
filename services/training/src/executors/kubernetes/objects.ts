// The fields of Kubernetes objects that are read or written here
// (https://kubernetes.io/docs/reference/kubernetes-api/).

export interface ObjectMeta {
  readonly name: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: {
    readonly volumes?: readonly { readonly name: string; readonly secret?: { readonly secretName?: string } }[];
    readonly [field: string]: unknown;
  };
}

/** batch/v1 */
export interface Job {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly suspend?: boolean; readonly template: PodTemplate; readonly [field: string]: unknown };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly active?: number };
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
}

/** v1 */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly { readonly state?: ContainerState }[];
  };
}

/** v1 */
export interface KubernetesEvent {
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
}
