import { join } from "node:path";
import { openEmbeddedTransport, type Transport } from "@orrery/bus";
import { type Logger, systemClock } from "@orrery/service";

/** Which log the processes of a deployment share. */
export interface Broker {
  readonly kind: "embedded" | "nats";
  /** `127.0.0.1:4222`, several separated by commas; not for `embedded`. */
  readonly servers: string;
}

export const EMBEDDED: Broker = { kind: "embedded", servers: "" };

/** A writer that is gone is noticed after this. */
const LEASE_S = 5;

/** Opens the log as one of several processes. @throws BUS_*, NATS_* */
export async function openBroker(broker: Broker, data: string, log: Logger): Promise<Transport> {
  if (broker.kind === "embedded")
    return openEmbeddedTransport({ dir: join(data, "bus"), clock: systemClock, log });
  // Loaded only where it is used: whoever runs one process on a laptop needs no client of a broker.
  const { openNatsTransport } = await import("@orrery/bus-nats");
  return openNatsTransport({ servers: broker.servers.split(","), leaseSeconds: LEASE_S });
}
