import { held, heldIn, type Promised } from "./promise.ts";

const MOVE = "apps/cli/run/move-broker.test.ts";
const EDITED = "packages/bus-nats/edited.nats.test.ts";

export const brokers: readonly Promised[] = [
  {
    id: "brokers.letters-by-name",
    sentence:
      "A dead letter is known by publisher, sequence and generation, the same at every broker: after a move each is redriven or discarded as itself",
    heldBy: held(
      "packages/bus/giving-up.test.ts",
      "on the memory transport one event and generation is one letter",
      "on the embedded transport one event and generation is one letter",
      "on the embedded transport an unreadable frame that comes again is still one letter",
    ),
  },
  {
    id: "brokers.any-size",
    sentence:
      "Whatever can be delivered can be given up, at any size: the letter holds all its bytes, its report says where they are, and nothing stands or dies",
    heldBy: [
      ...held(
        "packages/bus/giving-up.test.ts",
        "on the memory transport events of every size around the limits",
        "on the embedded transport events of every size around the limits",
      ),
      ...heldIn("nats", "packages/bus-nats/faults.nats.test.ts", "strangers' messages of every size"),
      ...heldIn("aws", "packages/bus-aws/faults.aws.test.ts", "strangers' messages of every size"),
    ],
  },
  {
    id: "brokers.letters-that-wait",
    sentence: "A dead letter that cannot be written is said within a moment, and its event stays leased",
    heldBy: held("packages/bus/giving-up.test.ts", "a letter that cannot be kept stays leased"),
  },
  {
    id: "brokers.move-to-the-end",
    sentence:
      "`orrery bus move` ends only when nothing is left, what a dead process held and retries that wait included",
    heldBy: held(MOVE, "ends only when nothing is left", "carries what nobody has handled yet"),
  },
  {
    id: "brokers.move-names",
    sentence:
      "A frame that cannot be read, or that the other broker cannot carry, does not end a move: it is named and is a dead letter there",
    heldBy: held(MOVE, "a frame that cannot be read, and an event the other broker cannot carry"),
  },
  {
    id: "brokers.emptied-store",
    sentence:
      "A NATS store emptied under running readers is made again by itself, they go on within 10 s, and health says what was lost",
    heldBy: heldIn(
      "nats",
      EDITED,
      "a store that was emptied under running readers",
      "stream orrery-record deleted under running readers",
      "stream orrery-retry deleted under running readers",
      "stream orrery-dead deleted under running readers",
      "stream orrery-world-probe deleted under running readers",
    ),
  },
  {
    id: "brokers.edited",
    sentence: "Streams, consumers and records at NATS that somebody edited are put back",
    heldBy: heldIn(
      "nats",
      EDITED,
      "streams and consumers that were edited are put back",
      "a position that cannot be read is written again by who holds it",
    ),
  },
  {
    id: "brokers.unreadable-records",
    sentence:
      "A record or header at the broker that cannot be read is named, and all others are shown as they are",
    heldBy: heldIn(
      "nats",
      EDITED,
      "a record of a subscription that cannot be read is named",
      "a header that says what cannot be leaves lag a number",
    ),
  },
  {
    id: "brokers.health",
    sentence:
      "Within 10 s health says what stands still, with the reason: a reader to which nothing comes, a broker that does not answer; a lag that cannot be read is unknown, not 0",
    heldBy: [
      ...held(
        "services/event-bus/lag.test.ts",
        "a reader to which nothing comes any more is unhealthy within 10 s",
        "a lag that cannot be read is unknown with the reason",
        "what is wrong at the broker is unhealthy with the reason",
      ),
      ...heldIn("nats", EDITED, "a server that does not answer is a trouble within 10 s"),
    ],
  },
  {
    id: "brokers.copies-and-prefix",
    sentence:
      "Copies of streams can be asked for and are what `bus explain` says; deployments with prefixes of their own share a NATS server and nothing else",
    heldBy: heldIn(
      "nats",
      "packages/bus-nats/replicas.nats.test.ts",
      "three copies are kept when they are asked for",
      "deployments with prefixes of their own share no subscription and no letter",
      "what is not known of a server is not claimed",
    ),
  },
  {
    id: "brokers.refusal-is-said",
    sentence: "The command line tells an Orrery that refuses, with its reason, from one that is not there",
    heldBy: held(
      "apps/cli/run/refused.test.ts",
      "says that Orrery refuses, in its own words, where it answers",
    ),
  },
  {
    id: "brokers.late-is-not-lost",
    sentence: "A suite calls an event lost only when nothing moves any more and nothing waits at the broker",
    heldBy: held("packages/bus-conformance/late.test.ts", "what still waits at the broker is late, not lost"),
  },
];
