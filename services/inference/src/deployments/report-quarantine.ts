import type { EventPayloads } from '@athanor/contracts';
import type { Telemetry } from '@athanor/service';
import type { Instruments } from '../telemetry/instruments.js';
import type { ProcessPlace } from './describe-deployment.js';
import type { WantedDeployment } from './wanted-deployment.js';

export interface QuarantineReport {
  readonly instruments: Instruments;
  readonly log: Telemetry['log'];
  readonly place: ProcessPlace;
  readonly publish: (event: {
    readonly type: 'inference.model.quarantined';
    readonly tenant: string;
    readonly aggregateId: string;
    readonly aggregateVersion: number;
    readonly payload: EventPayloads['inference.model.quarantined'];
  }) => Promise<void>;
}

/** A quarantined version is seen in the log, in a metric and in an event; the index and the status have the reason. */
export function reportQuarantine({ instruments, log, place, publish }: QuarantineReport) {
  return ({ tenant, name, version, revision }: WantedDeployment, reason: string): void => {
    if (version === undefined) return;
    const fields = { tenant, deployment: name, version: version.number, digest: version.digest, reason };
    log.error(fields, 'model version is quarantined: its instances crashed repeatedly');
    instruments.recordQuarantine({ tenant, model: name });
    const { modelName, digest } = version;
    const payload = { name, modelName, version: Number(version.number), digest, revision, reason, ...place };
    const event = { tenant, aggregateId: name, aggregateVersion: revision, payload };
    publish({ type: 'inference.model.quarantined', ...event }).catch((error: unknown) =>
      log.warn({ err: error, ...fields }, 'the event of a quarantine could not be published'),
    );
  };
}
