import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { SPAN_ID } from "./telemetry-spans.ts";

/** Traces and measures on their way out of this process. */
export interface Telemetry {
  /** Sends what waits, and lets go of the process's tracer and meter. */
  stop(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;
const TRACES = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
const METRICS = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];
const TRACE_EVERY_MS = 1_000;
const METRICS_EVERY_MS = 60_000;

/**
 * Sends traces and measures over OTLP/HTTP (JSON) where the standard variables say, before services start: what
 * is measured earlier is lost. Read are `OTEL_EXPORTER_OTLP_ENDPOINT` and its kin for traces and metrics, with
 * headers and timeouts; `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`; `OTEL_SDK_DISABLED`;
 * `OTEL_TRACES_SAMPLER_ARG` (share of traces kept, 0..1); `OTEL_BSP_SCHEDULE_DELAY` and
 * `OTEL_METRIC_EXPORT_INTERVAL`, ms.
 * @param process what the process calls itself when nobody named it
 * @returns undefined, with nothing loaded, where no endpoint is set
 */
export async function startTelemetry(process: string, env: Env): Promise<Telemetry | undefined> {
  const wanted = (names: readonly string[]) => names.some((name) => (env[name] ?? "") !== "");
  if (env["OTEL_SDK_DISABLED"] === "true" || !(wanted(TRACES) || wanted(METRICS))) return undefined;
  const { defaultResource, detectResources, envDetector, resourceFromAttributes, serviceNameEnvDetector } =
    await import("@opentelemetry/resources");
  const named = resourceFromAttributes({ "service.name": process, "service.namespace": "orrery" });
  const given = detectResources({ detectors: [envDetector, serviceNameEnvDetector] });
  const resource = defaultResource().merge(named).merge(given);
  const stops: (() => Promise<void>)[] = [];
  if (wanted(TRACES)) stops.push(await traces(resource, env));
  if (wanted(METRICS)) stops.push(await measures(resource, env));
  return {
    async stop() {
      // A collector that is away must not keep the process: what it missed is lost, as the exporter logs.
      await Promise.allSettled(stops.map((stop) => stop()));
    },
  };
}

type Resource = ReturnType<typeof import("@opentelemetry/resources").defaultResource>;

async function traces(resource: Resource, env: Env): Promise<() => Promise<void>> {
  const sdk = await import("@opentelemetry/sdk-trace");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
  const { W3CTraceContextPropagator } = await import("@opentelemetry/core");
  const random = new sdk.RandomIdGenerator();
  const provider = new sdk.TracerProvider({
    resource,
    sampler: new sdk.ParentBasedSampler({
      root: new sdk.TraceIdRatioBasedSampler(numberOf(env, "OTEL_TRACES_SAMPLER_ARG", 1)),
    }),
    idGenerator: {
      generateTraceId: () => random.generateTraceId(),
      generateSpanId: () =>
        (context.active().getValue(SPAN_ID) as string | undefined) ?? random.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: numberOf(env, "OTEL_BSP_SCHEDULE_DELAY", TRACE_EVERY_MS),
      }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return async () => {
    trace.disable();
    context.disable();
    propagation.disable();
    await provider.shutdown();
  };
}

async function measures(resource: Resource, env: Env): Promise<() => Promise<void>> {
  const { MeterProvider, PeriodicExportingMetricReader } = await import("@opentelemetry/sdk-metrics");
  const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-http");
  const provider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: numberOf(env, "OTEL_METRIC_EXPORT_INTERVAL", METRICS_EVERY_MS),
        exportTimeoutMillis: Math.min(
          numberOf(env, "OTEL_METRIC_EXPORT_INTERVAL", METRICS_EVERY_MS),
          numberOf(env, "OTEL_METRIC_EXPORT_TIMEOUT", 30_000),
        ),
      }),
    ],
  });
  metrics.setGlobalMeterProvider(provider);
  return async () => {
    metrics.disable();
    await provider.shutdown();
  };
}

function numberOf(env: Env, name: string, otherwise: number): number {
  const value = Number(env[name] ?? "");
  return env[name] === undefined || env[name] === "" || !Number.isFinite(value) ? otherwise : value;
}
