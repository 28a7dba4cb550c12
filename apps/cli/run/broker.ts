import { join } from "node:path";
import { openEmbeddedTransport, type Transport } from "@orrery/bus";
import { type Logger, systemClock } from "@orrery/service";

/** Which log the processes of a deployment share. */
export interface Broker {
  readonly kind: "embedded" | "nats" | "aws";
  /** With `nats`: `127.0.0.1:4222`, several separated by commas. With `aws`: an emulator's endpoint; empty: AWS. */
  readonly servers: string;
  /** With `nats`: what its streams' names begin with, so that deployments share a server and nothing else. */
  readonly prefix?: string;
  /** With `nats`: copies of each stream, 1, 3 or 5. */
  readonly replicas?: number;
  /** With `nats`: its monitoring address, which tells whether it syncs before it answers. */
  readonly monitor?: string;
}

export const EMBEDDED: Broker = { kind: "embedded", servers: "" };

/** A writer that is gone is noticed after this. */
const LEASE_S = 5;

/** Opens the log as one of several processes. @throws BUS_*, NATS_*, AWS_* */
export async function openBroker(broker: Broker, data: string, log: Logger): Promise<Transport> {
  if (broker.kind === "embedded")
    return openEmbeddedTransport({ dir: join(data, "bus"), clock: systemClock, log });
  if (broker.kind === "aws") return openAws(broker.servers, log);
  // Loaded only where it is used: whoever runs one process on a laptop needs no client of a broker.
  const { openNatsTransport } = await import("@orrery/bus-nats");
  const { servers, prefix, replicas, monitor } = broker;
  return openNatsTransport({
    servers: servers.split(","),
    leaseSeconds: LEASE_S,
    ...(prefix !== undefined && { prefix }),
    ...(replicas !== undefined && { replicas }),
    ...(monitor !== undefined && { monitor }),
  });
}

/** In words: `nats at 127.0.0.1:4222, prefix orrery`. */
export function placeOf({ kind, servers, prefix = "orrery" }: Broker): string {
  if (kind === "embedded") return "the log in the folder itself (embedded)";
  if (kind === "aws") return `aws${servers === "" ? "" : ` at ${servers}`}`;
  return `nats at ${servers}, prefix ${prefix}`;
}

/** Region, credentials and prefix are those of the environment, as for every tool of AWS; an emulator takes any. */
async function openAws(endpoint: string, log: Logger): Promise<Transport> {
  const { openAwsTransport } = await import("@orrery/bus-aws");
  const { AWS_REGION: region, ORRERY_AWS_PREFIX: prefix } = process.env;
  return openAwsTransport({
    leaseSeconds: LEASE_S,
    log,
    ...(region !== undefined && { region }),
    ...(prefix !== undefined && { prefix }),
    ...(endpoint !== "" && {
      endpoint,
      // An emulator takes any; nothing of a real account is sent to it.
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    }),
  });
}
