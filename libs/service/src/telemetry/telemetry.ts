import { createRequire } from 'node:module';
import type { Meter, Tracer } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type * as Otlp from '@opentelemetry/exporter-trace-otlp-grpc';
// Not sdk-node, which loads all exporters: 0.2 s of each start-up.
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { type DestinationStream, type LevelWithSilent, type Logger, type LoggerOptions, pino } from 'pino';
import { LogDestination } from './log-destination.js';
import { LogSampler } from './log-sampler.js';
import { enableContextPropagation } from './trace-context.js';

/** A service's logs, traces and metrics. Created once per service and passed on; nothing is global. */
export interface Telemetry {
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** The metrics in Prometheus' text format. */
  metricsText(): Promise<string>;
  shutdown(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly logLevel?: LevelWithSilent;
  /** OTLP over gRPC; if absent, spans are created (for context) but not exported. */
  readonly otlpEndpoint?: string | undefined;
  /** Receives each finished span, for tests. */
  readonly spanProcessors?: SpanProcessor[];
  /**
   * Whether the active span follows asynchronous calls (default), so that events and queries find their call. A process
   * that creates neither saves a fifth of a small call's time on Node.js 20, where AsyncLocalStorage hooks into every
   * promise.
   */
  readonly followsContext?: boolean;
  /** Receives the log's lines instead of standard output, for tests. */
  readonly logDestination?: DestinationStream;
}

// Fields with these names are never logged.
const REDACTED = ['authorization', 'apiKey', 'token', 'secret', 'password', 'credential'];
const REDACT_PATHS = [...REDACTED, ...REDACTED.map(name => `*.${name}`)];

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const resource = resourceFromAttributes({
    'service.name': options.service,
    'service.namespace': 'athanor',
  });
  const sampler = new LogSampler();
  const logOptions: LoggerOptions = {
    hooks: sampler.hooks,
    level: options.logLevel ?? 'info',
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACT_PATHS, censor: '[redacted]' },
  };
  const output = options.logDestination ?? standardOutput(options.service);
  const log = pino(logOptions, output);
  if (options.followsContext ?? true) enableContextPropagation();
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ resource, readers: [exporter] });
  const tracerProvider = new NodeTracerProvider({ resource, spanProcessors: spanProcessors(options) });
  const serializer = new PrometheusSerializer();
  const meter = meterProvider.getMeter('athanor');
  if (output instanceof LogDestination) {
    const lost = meter.createObservableCounter('athanor_log_lines_lost', {
      description: 'Log lines that could not be written',
    });
    lost.addCallback(result => result.observe(output.lostLines));
  }
  return {
    log,
    tracer: tracerProvider.getTracer('athanor'),
    meter,
    async metricsText() {
      const { resourceMetrics, errors } = await exporter.collect();
      for (const error of errors) log.error({ err: error }, 'a metric could not be collected');
      return serializer.serialize(resourceMetrics);
    },
    async shutdown() {
      sampler.flush();
      await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
    },
  };
}

const STDOUT = 1;
const outputs = new Set<LogDestination>();

function flushOutputs(): void {
  for (const output of outputs) output.flushSync();
}

const WARN = 40;

function standardOutput(service: string): LogDestination {
  const msg = 'log lines were lost because they could not be written';
  const describeLoss = (lines: number, cause: string) =>
    JSON.stringify({ level: WARN, time: new Date().toISOString(), service, lines, cause, msg });
  const destination = new LogDestination({ fd: STDOUT, describeLoss });
  if (outputs.size === 0) process.once('exit', flushOutputs);
  outputs.add(destination);
  return destination;
}

function spanProcessors(options: TelemetryOptions): SpanProcessor[] {
  if (options.otlpEndpoint === undefined) return options.spanProcessors ?? [];
  const { OTLPTraceExporter } = createRequire(import.meta.url)(
    '@opentelemetry/exporter-trace-otlp-grpc',
  ) as typeof Otlp;
  const exporter = new OTLPTraceExporter({ url: options.otlpEndpoint });
  return [...(options.spanProcessors ?? []), new BatchSpanProcessor(exporter)];
}
