import { RejectEvent } from "@orrery/bus";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { defineService, serviceErrors } from "@orrery/service";
import { defineAggregate } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";

export const SERVICE = "counter";
export const SUBSCRIPTION = `${SERVICE}/aggregate-0`;

/** How a handler meets one event, and what share of all it meets so. */
const MOODS = [
  { name: "takes it", share: 0.64 },
  { name: "refuses it once", share: 0.07 },
  { name: "dies on it once", share: 0.07 },
  { name: "refuses it, retryable, until mended", share: 0.04 },
  { name: "refuses it for good until mended", share: 0.06 },
  { name: "dies on it until mended", share: 0.04 },
  { name: "rejects it until mended", share: 0.04 },
  { name: "throws after it has emitted, until mended", share: 0.04 },
] as const;

type Mood = (typeof MOODS)[number]["name"];

export function moodOf(seed: number, world: string, n: number): Mood {
  const digest = createHash("sha256").update(`${seed}/${world}/${n}`).digest();
  let left = digest.readUInt32BE() / 2 ** 32;
  for (const { name, share } of MOODS) {
    left -= share;
    if (left < 0) return name;
  }
  return "takes it";
}

/** The number that an event was given, at the head of its text: what follows only makes it long. */
export const numberOf = (timerId: string) => Number(timerId.slice(0, timerId.indexOf(":")));

/**
 * A service whose handler is in a mood, and says one `HourChanged` for each event that it took. What it took once it
 * takes for ever, as a handler that follows from its input would: a restart hands it in again.
 * @param file where it remembers that over its own death
 */
export function moodyService(seed: number, file: string, isMended: () => boolean) {
  const runs = new Map<string, number>();
  const taken = new Set(existsSync(file) ? readFileSync(file, "utf8").split("\n") : []);
  const counter = defineAggregate({ state: { root: HoldState }, emits: [HourChanged] }, ({ on }) => ({
    create: () => undefined,
    on: [
      on(TimerCancelled, ({ root: state }, { timerId }, ctx) => {
        const n = numberOf(timerId);
        const name = `${ctx.world.id}/${n}`;
        const run = (runs.get(name) ?? 0) + 1;
        runs.set(name, run);
        const mood = moodOf(seed, ctx.world.id, n);
        const broken = !taken.has(name) && (mood.endsWith("once") ? run === 1 : !isMended());
        const given = `run ${run} of ${name}`;
        if (broken && mood.startsWith("refuses it")) {
          const retryable = !mood.includes("for good");
          throw new OrreryError(
            retryable ? serviceErrors.SERVICE_NOT_READY : serviceErrors.RPC_FIELD_INVALID,
            { given },
          );
        }
        if (broken && mood.startsWith("rejects")) throw new RejectEvent(given);
        state.sinceMs += 1;
        if (broken && mood.startsWith("dies")) throw new Error(given);
        ctx.emit(HourChanged, { atGs: n, prevHour: 0 });
        if (broken && mood.startsWith("throws")) throw new Error(given);
        if (taken.has(name)) return;
        taken.add(name);
        appendFileSync(file, `${name}\n`);
      }),
    ],
  }));
  return defineService({
    id: SERVICE,
    summary: "Counts what it takes, when it is in the mood",
    aggregate: counter,
  });
}
