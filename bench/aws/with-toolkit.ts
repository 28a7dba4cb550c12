import { SQSClient } from "@aws-sdk/client-sqs";
import { MessageHandlerConfigBuilder } from "@message-queue-toolkit/core";
import { AbstractSqsConsumer, AbstractSqsPublisher } from "@message-queue-toolkit/sqs";
import { startMinistack } from "@orrery/bus-aws/testing";
import { z } from "zod";
import { clientOptions } from "./emulator.ts";
import { events100 } from "./events.ts";
import { countingCalls, measured, type Way } from "./measured.ts";

const IN_FLIGHT = 32;
const TYPE = "ground.changed";

const MESSAGE = z.object({
  id: z.string(),
  type: z.literal(TYPE),
  timestamp: z.string(),
  atGs: z.number(),
  regionId: z.string(),
  wetness: z.number(),
  sweMm: z.number(),
  snowMm: z.number(),
  ice: z.number(),
  riverMm: z.number(),
  riverLevel: z.number(),
  drought: z.number(),
  traction: z.number(),
  flood: z.number(),
  revision: z.number(),
});
type Message = z.infer<typeof MESSAGE>;

/** message-queue-toolkit with its own publisher and consumer, schemas checked on both sides as it does. */
export async function withToolkit(events: number): Promise<Way> {
  const emulator = await startMinistack();
  const sqsClient = new SQSClient({ ...clientOptions(emulator), useQueueUrlAsEndpoint: false });
  const calls = countingCalls(sqsClient);
  const all = Promise.withResolvers<void>();
  let handled = 0;
  let wet = 0;
  const surroundings: any = {
    sqsClient,
    logger: { ...silent, child: () => surroundings.logger },
    errorReporter: { report: () => {} },
    consumerErrorResolver: { processError: (error: unknown) => error },
    transactionObservabilityManager: { start: () => {}, stop: () => {} },
  };
  const queue = { creationConfig: { queue: { QueueName: "bench" } } };
  const resolver = { messageTypeResolver: { messageTypePath: "type" } };

  // The toolkit is extended, not called: its classes are its interface.
  class Publisher extends AbstractSqsPublisher<Message> {}
  class Reader extends AbstractSqsConsumer<Message, unknown> {
    constructor(options: any) {
      super(surroundings, options, {});
    }
  }
  const publisher = new Publisher(surroundings, { ...queue, ...resolver, messageSchemas: [MESSAGE] } as any);
  const reader = new Reader({
    ...queue,
    ...resolver,
    handlers: new MessageHandlerConfigBuilder<Message, unknown>()
      .addConfig(MESSAGE as any, async (message: Message) => {
        wet += message.wetness;
        if (++handled === events) all.resolve();
        return { result: "success" as const };
      })
      .build(),
    consumerOverrides: { batchSize: 10 },
  });
  const inits = events100();
  await publisher.init();
  await reader.start();
  const way = await measured(events, calls, async () => {
    let next = 0;
    const lane = async () => {
      while (next < events) {
        const n = next++;
        const event = inits[n % inits.length] as (typeof inits)[0];
        await publisher.publish({
          ...event,
          id: String(n),
          type: TYPE,
          timestamp: new Date().toISOString(),
        } as Message);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    await all.promise;
  });
  await reader.close(true);
  await publisher.close();
  sqsClient.destroy();
  await emulator.close();
  if (!(wet > 0)) throw new Error("nothing was decoded");
  return way;
}

const silent = {
  level: "silent",
  fatal: () => {},
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  trace: () => {},
  isLevelEnabled: () => false,
};
