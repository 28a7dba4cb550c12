import type { Transport } from "@orrery/bus";
import { Counter, type Registry } from "prom-client";

/** What the transport counts stands in /metrics as it is at the moment it is asked. */
export function exposeCounters(registry: Registry, transport: Transport): void {
  const names = new Map(transport.counters?.().map((one) => [one.name, one]));
  for (const { name, help, labels } of names.values()) {
    const counter = new Counter({
      name,
      help,
      labelNames: Object.keys(labels),
      registers: [registry],
      collect() {
        counter.reset();
        for (const one of transport.counters?.() ?? [])
          if (one.name === name) counter.inc({ ...one.labels }, one.value);
      },
    });
  }
}
