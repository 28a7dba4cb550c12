import type { Faults } from "../faulty-transport.ts";
import { probeBytes } from "../probe.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/poisoned";
const EVERY = 40;
const RETRY = {
  inProcess: { attempts: 2, firstDelayMs: 5, factor: 2, maxDelayMs: 10 },
  atBroker: { rounds: 1, firstDelayMs: 20, factor: 2, maxDelayMs: 40 },
};
const ATTEMPTS = 4;
const FILLER = 84;

/** Publishes with one poison in forty and compares the dead letters with what must be there. */
async function poison(scene: Scene, faults: Faults | undefined): Promise<Record<string, number>> {
  const count = scene.load(20_000);
  const isPoison = (n: number) => n % EVERY === 0;
  const poisons = Math.floor(count / EVERY);
  const bus = await scene.bus(faults);
  await scene.read(bus, "member", {
    id: ID,
    order: "none",
    retry: RETRY,
    handle(_, { n }) {
      if (isPoison(n)) throw new Error(`poison ${n}`);
    },
  }).ready;
  await scene.write(bus, { writer: 1, count, filler: FILLER });
  const letters = async () => {
    const all = [];
    for await (const letter of bus.deadLetters(ID)) all.push(letter);
    return all;
  };
  await scene.until("good ones handled, poison set apart", async () => {
    return scene.ledger.handledBy(ID) >= count - poisons && (await letters()).length >= poisons;
  });
  await bus.drain();
  const found = await letters();
  demand(found.length === poisons, `${found.length} dead letters, ${poisons} expected`);
  const sequences = new Set(found.map((letter) => letter.sequence));
  demand(sequences.size === found.length, "an event is there twice");
  for (const letter of found) {
    const n = letter.sequence;
    demand(isPoison(n), `event ${n} is no poison`);
    demand(letter.reason === "MAX_ATTEMPTS", `event ${n}: reason ${letter.reason}`);
    demand(letter.attempts >= ATTEMPTS, `event ${n}: ${letter.attempts} attempts, ${ATTEMPTS} expected`);
    demand(letter.message === `poison ${n}`, `event ${n}: message ${letter.message}`);
    const original = probeBytes({ writer: 1, n, key: "", filler: FILLER });
    demand(Buffer.from(letter.payload).equals(original), `event ${n}: the bytes are not as published`);
    demand(letter.key === `key-${n % 16}`, `event ${n}: key ${letter.key}`);
  }
  const { corrupted } = scene.ledger.judge(ID);
  demand(corrupted.length === 0, `${corrupted.length} neighbours corrupted`);
  scene.demandNoDoubles(ID, "neighbours handled twice");
  demand(scene.ledger.handledBy(ID) === count - poisons, "a poison was handled, or a neighbour was not");
  return { published: count, deadLetters: found.length };
}

export const deadLetters: Invariant = {
  id: "I7",
  title: "after the last attempt exactly the event is a dead letter, whole, its neighbours untouched",
  run: (scene) => poison(scene, undefined),
};

export const failClosed: Invariant = {
  id: "I9",
  title: "while dead letters and retries cannot be kept, nothing leaves the queue",
  async run(scene) {
    let failing = true;
    let refused = 0;
    const refuse = () => {
      if (!failing && scene.random() > 0.3) return false;
      refused++;
      return true;
    };
    const healed = scene.clock.sleep(400).then(() => {
      failing = false;
    });
    const figures = await poison(scene, { deadLetter: refuse, requeue: refuse });
    await healed;
    demand(refused > 0, "the faults never struck");
    return { ...figures, refused };
  },
};
