// Breaks a handler, looks at what it gives up, mends it, and sends that once more: first dry, then in earnest.
//   node bench/event-bus/letters.ts [--letters 500] [--rate 50] [--json]
import { parseArgs } from "node:util";
import { DeadLetterService, type Letter, LetterState, RedriveState } from "@orrery/schema/bus/v1";
import type { Host } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { FINGERPRINT } from "../bus/events.ts";
import { ADMIN, withEventBus } from "./host.ts";
import { until } from "./until.ts";

const { values } = parseArgs({
  options: {
    letters: { type: "string", default: "500" },
    rate: { type: "string", default: "50" },
    json: { type: "boolean", default: false },
  },
});
const BROKEN = "bench/broken";
const NEIGHBOUR = "bench/neighbour";
const ATTEMPTS = 3;
const KEYS = 7;
const KEY_OF = (sequence: number) => `key-${sequence % KEYS}`;
const LETTERS = Number(values.letters);
const RATE = Number(values.rate);
/** Every second one breaks the handler: its neighbours in the frame do not. */
const EVENTS = 2 * LETTERS;
const breaks = (sequence: number) => sequence % 2 === 0;

async function publish(host: Host): Promise<void> {
  const writer = createFrameWriter({
    source: "bench",
    world: "letters",
    publisher: "bench-letters",
    lane: "standard",
    fingerprint: FINGERPRINT,
    contentType: "protobuf",
    firstSequence: 1,
  });
  for (let sequence = 1; sequence <= EVENTS; sequence++) {
    const payload = Buffer.alloc(8);
    payload.writeDoubleLE(sequence);
    writer.appendRaw("bench.v1.Counted", payload, { key: KEY_OF(sequence), timeMs: Date.now() });
  }
  await host.surroundings.bus.send(writer.finish());
}

/** Sequences of a key that were handled after a later one of it. */
function disordered(sequences: readonly number[]): number {
  const last = new Map<string, number>();
  let count = 0;
  for (const sequence of sequences) {
    if (sequence < (last.get(KEY_OF(sequence)) ?? 0)) count += 1;
    last.set(KEY_OF(sequence), sequence);
  }
  return count;
}

const report = await withEventBus(async (host) => {
  const client = host.directory.client(DeadLetterService, ADMIN);
  const handled = new Map<string, number[]>([
    [BROKEN, []],
    [NEIGHBOUR, []],
  ]);
  const of = (id: string) => handled.get(id) as number[];
  let mended = false;
  const readers = [BROKEN, NEIGHBOUR].map((id) =>
    host.surroundings.bus.subscribe({
      id,
      types: ["bench.*"],
      order: "key",
      retry: { inProcess: { attempts: ATTEMPTS, firstDelayMs: 5 }, atBroker: { rounds: 0 } },
      handle({ sequence }) {
        if (id === BROKEN && !mended && breaks(sequence)) throw new Error(`cannot count ${sequence}`);
        of(id).push(sequence);
      },
    }),
  );
  await Promise.all(readers.map(({ ready }) => ready));

  const list = async (state: LetterState, subscription = "") => {
    const letters: Letter[] = [];
    for (let pageToken = ""; ; ) {
      const page = await client.listDeadLetters({
        filter: { subscription },
        state,
        pageSize: 100,
        pageToken,
      });
      letters.push(...page.letters);
      pageToken = page.nextPageToken;
      if (pageToken === "") return letters;
    }
  };
  await publish(host);
  await until("every letter", async () => (await list(LetterState.OPEN)).length >= LETTERS);
  await until("the neighbour's events", () => of(NEIGHBOUR).length >= EVENTS);
  const letters = await list(LetterState.OPEN);
  const told = letters.filter(
    ({ entry }) =>
      entry?.subscription === BROKEN &&
      entry.attempts === ATTEMPTS &&
      entry.message === `cannot count ${entry.sequence}` &&
      entry.key === KEY_OF(entry.sequence) &&
      Buffer.from(entry.payload).readDoubleLE() === entry.sequence &&
      breaks(entry.sequence),
  );
  const untouched = of(BROKEN).length;

  mended = true;
  const filter = { subscription: BROKEN };
  const dry = await client.redrive({ filter, ratePerS: RATE });
  const moved = LETTERS - (await list(LetterState.OPEN)).length + of(BROKEN).length - untouched;
  const began = performance.now();
  const { jobId } = await client.redrive({ filter, ratePerS: RATE, dryRun: false, note: "mended" });
  await until(
    "the end of the redrive",
    async () => (await client.getRedrive({ jobId })).state !== RedriveState.RUNNING,
    2_000 * (LETTERS / RATE) + 10_000,
  );
  const seconds = (performance.now() - began) / 1_000;
  const job = await client.getRedrive({ jobId });
  await until("the mended handler", () => of(BROKEN).length >= EVENTS);
  const again = of(BROKEN).slice(untouched);
  return {
    letters: letters.length,
    told: told.length,
    untouched,
    dryMatched: dry.matched,
    dryMoved: moved,
    sent: job.sent,
    refused: job.refused,
    perSecond: job.sent / seconds,
    handled: new Set(again.filter(breaks)).size,
    handledTwice: of(BROKEN).length - new Set(of(BROKEN)).size,
    disordered: disordered(again),
    elsewhere: of(NEIGHBOUR).length - EVENTS,
    left: (await list(LetterState.OPEN)).length,
    redriven: (await list(LetterState.REDRIVEN)).filter(({ note, actor }) => note !== "" && actor !== "")
      .length,
  };
});
console.log(values.json ? JSON.stringify(report) : report);
