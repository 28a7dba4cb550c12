import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { JournalService } from "@orrery/schema/bus/v1";
import { EdgeKind, HourChanged, Phase, Season, TimeService, TimeUpdated } from "@orrery/schema/time/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { gameClock, printRows } from "../print.ts";
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
  .option("--seconds <n>", "how long", Number, 60)
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

const pause = edgeCommand("pause", "holds the clock").action(async (options: EdgeOptions) => {
  const { world, client } = await openEdge(options);
  await client(TimeService).hold({
    worldId: world,
    name: HOLD,
    note: "held from the command line",
    idempotencyKey: randomUUID(),
  });
  await show(options);
});

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

const skip = edgeCommand("skip", "skips ahead by days, hours, or to a phase (`dawn`)")
  .argument("<target>", "`3d`, `12h`, `dawn`, `deep_night`")
  .action(async (target: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const clock = client(TimeService);
    const now = (await clock.getClock({ worldId: world })).now?.atGs ?? 0;
    const amount = /^(\d+)([dh])$/.exec(target);
    const phase = Object.entries(Phase).find(([name]) => name.toLowerCase() === target.toLowerCase())?.[1];
    const idempotencyKey = randomUUID();
    if (amount !== null) {
      const toGs = now + Number(amount[1]) * (amount[2] === "d" ? 86_400 : 3_600);
      await clock.skipTo({ worldId: world, idempotencyKey, target: { case: "toGs", value: toGs } });
    } else if (phase !== undefined && phase > 0) {
      await clock.skipTo({
        worldId: world,
        idempotencyKey,
        target: { case: "rule", value: { phases: [phase] } },
      });
    } else {
      console.error(`Not a target: ${target}. Say 3d, 12h or a phase such as dawn.`);
      process.exitCode = EXIT.usage;
      return;
    }
    for (;;) {
      const { running, cursorGs } = await clock.getSkip({ worldId: world });
      if (!running) break;
      console.error(gameClock(cursorGs));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await show(options);
  });

/** What comes in the calendar, as the service foretells it. */
const edges = edgeCommand("edges", "lists what comes: days, hours, phases, faces, seasons, moons")
  .addOption(
    new Option("--kind <kind...>", "only these").choices(EDGE_KINDS.map(([word]) => word)).default([], "all"),
  )
  .option("--limit <n>", "how many, 1..500", Number, 20)
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
for (const command of [now, watch, edges, pause, resume, rate, skip]) time.addCommand(command);
