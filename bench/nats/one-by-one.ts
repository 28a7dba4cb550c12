import {
  AckPolicy,
  type ConsumerMessages,
  type JetStreamClient,
  jetstream,
  type PubAck,
} from "@nats-io/jetstream";
import { startNatsServer } from "@orrery/bus-nats/testing";
import { connect } from "@nats-io/transport-node";
import { SUBSCRIPTIONS } from "../bus/scene.ts";

export interface OneByOne {
  readonly events: number;
  readonly eventsPerS: number;
}

/** As large as a ground event, encoded. */
const PAYLOAD_BYTES = 70;
const SUBJECT = "bench.events";
const STREAM = "bench";

/**
 * What one writes without frames: an event is a message, `js.publish` for each, three durable consumers that
 * acknowledge each. `inFlight` 1 waits for every answer, as the client's own examples do.
 */
export async function oneByOne(events: number, inFlight: number, syncAlways: boolean): Promise<OneByOne> {
  const server = await startNatsServer({ syncAlways, parent: process.cwd() });
  const nc = await connect({ servers: server.address });
  const js = jetstream(nc);
  const jsm = await js.jetstreamManager();
  await jsm.streams.add({ name: STREAM, subjects: [SUBJECT] });
  const readers = await Promise.all(
    Array.from({ length: SUBSCRIPTIONS }, async (_, i) => {
      const name = `reader-${i}`;
      await jsm.consumers.add(STREAM, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        max_ack_pending: -1,
      });
      return reader(js, name, events);
    }),
  );
  const beganMs = performance.now();
  await publishAll(js, events, inFlight);
  await Promise.all(readers.map(({ all }) => all));
  const tookMs = performance.now() - beganMs;
  for (const { messages } of readers) messages.stop();
  await nc.close();
  await server.close();
  return { events, eventsPerS: Math.round((events / tookMs) * 1000) };
}

async function publishAll(js: JetStreamClient, events: number, inFlight: number): Promise<void> {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  let next = 0;
  async function lane(): Promise<void> {
    while (next < events) {
      next++;
      await (js.publish(SUBJECT, payload) as Promise<PubAck>);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function reader(
  js: JetStreamClient,
  name: string,
  events: number,
): Promise<{ messages: ConsumerMessages; all: Promise<void> }> {
  const consumer = await js.consumers.get(STREAM, name);
  const all = Promise.withResolvers<void>();
  let handled = 0;
  const messages = await consumer.consume({
    max_messages: 1_000,
    callback(message) {
      message.ack();
      if (++handled === events) all.resolve();
    },
  });
  return { messages, all: all.promise };
}
