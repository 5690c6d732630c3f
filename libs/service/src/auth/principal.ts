/** The caller. The tenant is taken from the credential, never from the request. */
export interface Principal {
  readonly kind: 'key' | 'service' | 'attempt';
  /** The key's id, the service's name or the attempt's id. */
  readonly id: string;
  /** Undefined only for a service that acts on its own behalf. */
  readonly tenant: string | undefined;
  /** On whose behalf a service acts, for audit: for example "key:3fa9". */
  readonly actor: string;
  readonly permissions: ReadonlySet<string>;
}
