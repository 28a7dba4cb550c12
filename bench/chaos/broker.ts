import type { Transport } from "@orrery/bus";
import { openAwsTransport } from "@orrery/bus-aws";
import { TEST_CREDENTIALS } from "@orrery/bus-aws/testing";
import { openNatsTransport } from "@orrery/bus-nats";

/** How a writer or a consumer reaches the broker; travels as an argument. */
export type BrokerAt =
  | { readonly kind: "nats"; readonly servers: readonly string[]; readonly replicas: number }
  | { readonly kind: "aws"; readonly endpoint: string };

export const LEASE_S = 4;

/** Tries until the broker answers: it may be down when a process comes up. */
export async function openBroker(at: BrokerAt): Promise<Transport> {
  for (;;) {
    try {
      return at.kind === "nats"
        ? await openNatsTransport({
            servers: at.servers,
            replicas: at.replicas,
            leaseSeconds: LEASE_S,
            // What servers say of each other leads past the proxies.
            connection: { ignoreClusterUpdates: true, pingInterval: 1_000, maxPingOut: 2 },
          })
        : await openAwsTransport({
            endpoint: at.endpoint,
            credentials: TEST_CREDENTIALS,
            leaseSeconds: LEASE_S,
            waitSeconds: 2,
          });
    } catch (error) {
      if (!(error as { retryable?: boolean }).retryable) console.error(String(error));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
