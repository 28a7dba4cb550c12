import { systemClock } from "@orrery/bus";
import { type AwsOptions, openAwsTransport } from "@orrery/bus-aws";
import { startMinistack, TEST_CREDENTIALS } from "@orrery/bus-aws/testing";
import type { Broker, MakeTransport } from "./broker.ts";

/** SNS and SQS as ministack has them, real time and a short lease: an emulator of its own for every broker. */
export function awsBroker(options: Pick<AwsOptions, "frames"> = {}): MakeTransport {
  const make = async (): Promise<Broker> => {
    const emulator = await startMinistack();
    return {
      connect: () =>
        openAwsTransport({
          endpoint: emulator.endpoint,
          credentials: TEST_CREDENTIALS,
          leaseSeconds: 1,
          waitSeconds: 1,
          ...options,
          // ministack loses Binary attributes in PublishBatch.
          publishEntries: options.frames === "attribute" ? 1 : 10,
        }),
      destroy: () => emulator.close(),
    };
  };
  return Object.assign(make, { clock: systemClock });
}
