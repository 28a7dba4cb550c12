import { awsBroker } from "./aws.ts";
import type { MakeTransport } from "./broker.ts";
import { embeddedBroker } from "./embedded.ts";
import { memoryBroker } from "./memory.ts";
import { natsBroker } from "./nats.ts";

/** The transports of this repository, by the names that programs and claims know them by. */
export const BROKERS: Readonly<Record<string, () => MakeTransport>> = {
  memory: () => memoryBroker(),
  "memory-disorder": () => memoryBroker({ disorder: true }),
  embedded: () => embeddedBroker(),
  nats: () => natsBroker(),
  "nats-synced": () => natsBroker({ syncAlways: true }),
  aws: () => awsBroker({ frames: "base64" }),
  "aws-attribute": () => awsBroker({ frames: "attribute" }),
};
