import { metrics as openTelemetry } from "@opentelemetry/api";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Measures of one service; every series carries `service`. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Count;
  gauge(name: string, help: string, labels?: readonly string[]): Measure;
  /** `buckets` in the unit that the name ends with. */
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Observe;
}
export type Labels = Readonly<Record<string, string>>;
export type Count = (by?: number, labels?: Labels) => void;
export type Measure = (value: number, labels?: Labels) => void;
export type Observe = (value: number, labels?: Labels) => void;

/** Seconds, from a tenth of a millisecond to ten seconds. */
export const LATENCY_BUCKETS_S = [
  0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10,
] as const;

export function createRegistry(): Registry {
  return new Registry();
}

/**
 * Metrics of `service` in the process's registry, and through OpenTelemetry's own interface where a provider was
 * set before; the same name asked twice is the same series.
 */
export function metricsOf(registry: Registry, service: string): Metrics {
  const named = <T>(name: string, make: () => T): T =>
    (registry.getSingleMetric(name) as T | undefined) ?? make();
  const meter = openTelemetry.getMeter(service);
  const full = (labels: readonly string[] = []) => ["service", ...labels];
  return {
    counter(name, help, labels) {
      const metric = named(
        name,
        () => new Counter({ name, help, labelNames: full(labels), registers: [registry] }),
      );
      const sent = meter.createCounter(name, { description: help });
      return (by = 1, given) => {
        metric.inc({ service, ...given }, by);
        sent.add(by, given);
      };
    },
    gauge(name, help, labels) {
      const metric = named(
        name,
        () => new Gauge({ name, help, labelNames: full(labels), registers: [registry] }),
      );
      const sent = meter.createGauge(name, { description: help });
      return (value, given) => {
        metric.set({ service, ...given }, value);
        sent.record(value, given);
      };
    },
    histogram(name, help, buckets, labels) {
      const metric = named(
        name,
        () =>
          new Histogram({
            name,
            help,
            buckets: [...buckets],
            labelNames: full(labels),
            registers: [registry],
          }),
      );
      const advice = { explicitBucketBoundaries: [...buckets] };
      const sent = meter.createHistogram(name, { description: help, advice });
      return (value, given) => {
        metric.observe({ service, ...given }, value);
        sent.record(value, given);
      };
    },
  };
}
