import { once } from "node:events";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startMinistack } from "@orrery/bus-aws/testing";
import { Consumer } from "sqs-consumer";
import { clientOptions } from "./emulator.ts";
import { events100 } from "./events.ts";
import { countingCalls, measured, type Way } from "./measured.ts";

const IN_FLIGHT = 32;

/** sqs-consumer with a SendMessage for each event: as its README begins (`tuned` false), or taking and deleting tens. */
export async function withSqsConsumer(events: number, tuned: boolean): Promise<Way> {
  const emulator = await startMinistack();
  const sqs = new SQSClient({ ...clientOptions(emulator), useQueueUrlAsEndpoint: false });
  const { QueueUrl: queueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "bench" }));
  const calls = countingCalls(sqs);
  const inits = events100();
  const all = Promise.withResolvers<void>();
  let handled = 0;
  let wet = 0;
  const handle = (body: string | undefined) => {
    wet += (JSON.parse(body ?? "{}") as { wetness: number }).wetness;
    if (++handled === events) all.resolve();
  };
  const consumer = Consumer.create(
    tuned
      ? {
          queueUrl,
          sqs,
          batchSize: 10,
          async handleMessageBatch(messages) {
            for (const { Body } of messages) handle(Body);
            return messages;
          },
        }
      : {
          queueUrl,
          sqs,
          async handleMessage(message) {
            handle(message.Body);
            return message;
          },
        },
  );
  // Without a listener of one's own it prints to where the results go.
  consumer.on("error", () => {});
  const way = await measured(events, calls, async () => {
    consumer.start();
    let next = 0;
    const lane = async () => {
      while (next < events) {
        const MessageBody = JSON.stringify(inits[next++ % inits.length]);
        await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    await all.promise;
  });
  const stopped = once(consumer, "stopped");
  consumer.stop();
  await stopped;
  sqs.destroy();
  await emulator.close();
  if (!(wet > 0)) throw new Error("nothing was decoded");
  return way;
}
