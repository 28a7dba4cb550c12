import { randomUUID } from "node:crypto";
import { Command, InvalidArgumentError, Option } from "commander";
import { JournalService } from "@orrery/schema/bus/v1";
import { EdgeKind, HourChanged, Phase, Season, TimeService, TimeUpdated } from "@orrery/schema/time/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { decimal, duration, whole } from "../numbers.ts";
import { gameClock, printRows, progress } from "../print.ts";
import { interruptible } from "../run/interrupt.ts";
import { skip, type SkipTarget } from "../run/skip.ts";
import { sayOutcome, SKIP_LEFT } from "./skipping.ts";
import { rateArgument } from "./start.ts";

const HOLD = "cli";
const EDGE_KINDS = Object.entries(EdgeKind)
  .filter(([, kind]) => kind !== EdgeKind.UNSPECIFIED)
  .map(([name, kind]) => [name.toLowerCase(), kind] as const);

/** Name of an enum's value as people say it. */
const wordOf = (names: Readonly<Record<string, unknown>>, value: unknown) =>
  Object.keys(names)
    .find((name) => names[name] === value)
    ?.toLowerCase()
    .replaceAll("_", " ");

/** Follows the clock and says how late each edge was; exit 1 when one is missing. */
const watch = edgeCommand("watch", "follows the clock for a while and counts its edges")
  .option("--seconds <n>", "how long, 0.1..86,400", decimal(0.1, 86_400), 60)
  .action(async (options: EdgeOptions & { seconds: number }) => {
    const { world, client } = await openEdge(options);
    const clock = await client(TimeService).getClock({ worldId: world });
    const stop = AbortSignal.timeout(options.seconds * 1000);
    const seen = {
      updates: 0,
      hours: 0,
      late: [] as number[],
      closedS: 0,
      fromGs: Number.NaN,
      toGs: Number.NaN,
    };
    try {
      const filter = { types: [TimeUpdated.typeName, HourChanged.typeName] };
      for await (const { events } of client(JournalService).tail(
        { worldId: world, filter },
        { signal: stop },
      )) {
        for (const event of events) {
          if (event.type === HourChanged.typeName) {
            seen.hours += 1;
            continue;
          }
          const { atGs, spanS } = TimeUpdated.decode(event.payload);
          const lateMs = Date.now() - event.timeMs;
          if (Number.isNaN(seen.fromGs)) seen.fromGs = atGs - spanS;
          seen.toGs = atGs;
          seen.closedS += spanS;
          seen.updates += 1;
          seen.late.push(lateMs);
          if (options.json) console.log(JSON.stringify({ atGs, spanS, lateMs }));
          else
            console.log(
              `${gameClock(atGs)}  closes ${spanS} s, seen ${lateMs.toFixed(0)} ms after its instant`,
            );
        }
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    }
    const missing = seen.toGs - seen.fromGs - seen.closedS;
    const late = seen.late.sort((a, b) => a - b);
    const summary = {
      rate: clock.clock?.rate,
      updates: seen.updates,
      hours: seen.hours,
      missingS: missing || 0,
      lateMsMedian: late[late.length >> 1],
      lateMsMost: late.at(-1),
    };
    printRows([summary], options.json);
    if (seen.updates === 0) process.exitCode = EXIT.notRun;
    else if (missing !== 0) process.exitCode = EXIT.fail;
  });

const pause = edgeCommand("pause", "holds the clock, and ends a skip that is running").action(
  async (options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { skipEndedGs } = await client(TimeService).hold({
      worldId: world,
      name: HOLD,
      note: "held from the command line",
      idempotencyKey: randomUUID(),
    });
    if (skipEndedGs !== undefined) console.error(`The skip that ran has ended at ${gameClock(skipEndedGs)}.`);
    await show(options);
  },
);

const cancel = edgeCommand("cancel", "ends a skip where the clock has come to").action(
  async (options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, idempotencyKey: randomUUID() };
    const { cancelled, atGs } = await client(TimeService).cancelSkip(asked);
    printRows([{ world, cancelled, time: gameClock(atGs) }], options.json);
    if (!cancelled) console.error("No skip was running.");
  },
);

const resume = edgeCommand("resume", "releases what `pause` holds")
  .option("--hold <name>", "release this hold instead", HOLD)
  .action(async (options: EdgeOptions & { hold: string }) => {
    const { world, client } = await openEdge(options);
    await client(TimeService).release({ worldId: world, name: options.hold, idempotencyKey: randomUUID() });
    await show(options);
  });

const rate = edgeCommand("rate", "sets game seconds per real second")
  .argument("<rate>", "0.1..36,000", rateArgument)
  .action(async (value: number, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    await client(TimeService).setRate({ worldId: world, rate: value, idempotencyKey: randomUUID() });
    await show(options);
  });

/** Where a skip goes: a duration from now, or the next time that a phase begins. */
function skipTarget(text: string): { readonly durationGs: number } | { readonly phase: Phase } {
  const name = text.toUpperCase().replaceAll(" ", "_");
  const phase = Object.hasOwn(Phase, name) ? Phase[name as keyof typeof Phase] : undefined;
  if (typeof phase === "number" && phase !== Phase.UNSPECIFIED) return { phase };
  try {
    return { durationGs: duration(text) };
  } catch {
    throw new InvalidArgumentError("Say 3d, 12h or a phase such as dawn or deep_night.");
  }
}

const skipAhead = edgeCommand("skip", "skips ahead by days, hours, or to a phase (`dawn`)")
  .argument("<target>", "`3d`, `12h`, `dawn`, `deep_night`", skipTarget)
  .option("--yes", "more than 62 days are meant")
  .action(async (target: ReturnType<typeof skipTarget>, options: EdgeOptions & { yes?: boolean }) => {
    const edge = await openEdge(options);
    const { now } = await edge.client(TimeService).getClock({ worldId: edge.world });
    const to: SkipTarget =
      "phase" in target
        ? { case: "rule", value: { phases: [target.phase] } }
        : { case: "toGs", value: (now?.atGs ?? 0) + target.durationGs };
    const say = progress();
    const { outcome, atGs } = await interruptible(SKIP_LEFT, (stop) =>
      skip(edge, to, options.yes === true, stop, (reachedGs) => say(gameClock(reachedGs))),
    );
    if (process.stderr.isTTY) process.stderr.write("\n");
    await show(options);
    sayOutcome(outcome, atGs);
  });

/** What comes in the calendar, as the service foretells it. */
const edges = edgeCommand("edges", "lists what comes: days, hours, phases, faces, seasons, moons")
  .addOption(
    new Option("--kind <kind...>", "only these").choices(EDGE_KINDS.map(([word]) => word)).default([], "all"),
  )
  .option("--limit <n>", "how many, 1..500", whole(1, 500), 20)
  .action(async (options: EdgeOptions & { kind: readonly string[]; limit: number }) => {
    const { world, client } = await openEdge(options);
    const kinds = EDGE_KINDS.filter(([word]) => options.kind.includes(word)).map(([, kind]) => kind);
    const asked = { worldId: world, kinds, pageSize: options.limit };
    const { edges: found } = await client(TimeService).listEdges(asked);
    const rows = found.map(({ kind, at, subject }) => ({
      at: gameClock(at?.atGs ?? 0),
      what: EDGE_KINDS.find(([, value]) => value === kind)?.[0] ?? "",
      of: subject || undefined,
      phase: wordOf(Phase, at?.phase),
      season: wordOf(Season, at?.season),
    }));
    printRows(rows, options.json);
  });

const now = edgeCommand("now", "says what time it is").action(show);

async function show(options: EdgeOptions): Promise<void> {
  const { world, client } = await openEdge(options);
  const { clock, now: instant } = await client(TimeService).getClock({ worldId: world });
  const phase = wordOf(Phase, instant?.phase);
  printRows(
    [
      {
        world,
        time: gameClock(instant?.atGs ?? 0),
        year: instant?.year,
        month: instant?.month,
        day: instant?.day,
        phase,
        rate: clock?.rate,
        holds: clock?.holds.join(" ") || "none",
      },
    ],
    options.json,
  );
}

export const time = new Command("time").description("The clock of a world.");
for (const command of [now, watch, edges, pause, resume, rate, skipAhead, cancel]) time.addCommand(command);
