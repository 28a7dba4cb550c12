import { seededNumbers, systemClock } from "@orrery/bus";
import { type AwsOptions, openAwsTransport } from "@orrery/bus-aws";
import { startMinistack, TEST_CREDENTIALS } from "@orrery/bus-aws/testing";
import type { Broker, Disturbed, MakeTransport } from "./broker.ts";
import { type HttpFaults, startHttpProxy, startTcpProxy } from "./proxy/mod.ts";

const RISKS: Readonly<Record<Parameters<Disturbed["set"]>[0], Partial<HttpFaults>>> = {
  nothing: {},
  refusals: { throttled: 0.1, unavailable: 0.05, partial: 0.3 },
  "lost replies": { replyLost: 0.15 },
  disorder: { repeated: 0.2, reordered: 0.3 },
  "expired credentials": { expired: 1 },
};

/** SNS and SQS as ministack has them, real time and a short lease: an emulator of its own for every broker. */
export function awsBroker(options: Pick<AwsOptions, "frames"> = {}): MakeTransport {
  const make = async (seed: number): Promise<Broker> => {
    const emulator = await startMinistack({ persist: true });
    const tcp = await startTcpProxy(emulator.endpoint.slice("http://".length), seededNumbers(seed));
    const http = await startHttpProxy(emulator.endpoint, seededNumbers(seed));
    const terms: AwsOptions = {
      endpoint: emulator.endpoint,
      credentials: TEST_CREDENTIALS,
      leaseSeconds: 1,
      waitSeconds: 1,
      ...options,
      // ministack loses Binary attributes in PublishBatch.
      publishEntries: options.frames === "attribute" ? 1 : 10,
    };
    return {
      connect: () => openAwsTransport(terms),
      elsewhere: { module: import.meta.resolve("./elsewhere/aws.ts"), terms },
      restart: () => emulator.restart(),
      network: { connect: () => openAwsTransport({ ...terms, endpoint: `http://${tcp.address}` }), ...tcp },
      disturbed: {
        connect: () => openAwsTransport({ ...terms, endpoint: http.endpoint }),
        struck: () => Object.values(http.counts).reduce((sum, count) => sum + count, 0),
        set: (what) => http.set(RISKS[what]),
      },
      async destroy() {
        await Promise.all([tcp.close(), http.close()]);
        await emulator.close();
      },
    };
  };
  return Object.assign(make, { clock: systemClock });
}
