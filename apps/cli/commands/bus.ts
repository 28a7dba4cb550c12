import { Command } from "commander";
import { FleetService, JournalService, LagState } from "@orrery/schema/bus/v1";
import { causes } from "./causes.ts";
import { discard, dlq, redrive, resolve } from "./dead-letters.ts";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { ordinal } from "../numbers.ts";
import { erase } from "./erase.ts";
import { pin, pins, prune, retention, unpin, usage } from "./keeping.ts";
import { exportEvents, publish } from "./export.ts";
import { move } from "./move.ts";
import { webhook } from "./webhooks.ts";
import { EXIT } from "../exit.ts";
import { gameClock, printRows } from "../print.ts";

const STATES: Readonly<Partial<Record<LagState, string>>> = {
  [LagState.STALLED]: "STALLED",
  [LagState.UNKNOWN]: "UNKNOWN",
};

const ls = edgeCommand("ls", "subscriptions and what they read").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { subscriptions } = await client(FleetService).listSubscriptions({});
  printRows(
    subscriptions.map(({ id, order, types }) => ({ subscription: id, order, types: types.join(" ") })),
    options.json,
  );
});

const tail = edgeCommand("tail", "events as they come, in words")
  .option("--type <glob...>", "only these types: `weather.*`")
  .option("--after <ordinal>", "go on after this place", ordinal)
  .option("--count <n>", "stop after so many", Number, Number.POSITIVE_INFINITY)
  .action(async (options: EdgeOptions & { type?: string[]; after?: number; count: number }) => {
    const { world, client } = await openEdge(options);
    const request = {
      worldId: world,
      filter: { types: options.type ?? [] },
      ...(options.after === undefined ? {} : { after: options.after }),
    };
    let left = options.count;
    const enough = new AbortController();
    for await (const { events } of client(JournalService).tail(request, { signal: enough.signal })) {
      for (const { ordinal, type, says, atGs, id, timeMs } of events) {
        if (options.json)
          console.log(
            JSON.stringify({ ordinal, type, says, atGs, id: `${id?.publisher}/${id?.sequence}`, timeMs }),
          );
        else
          console.log(
            `${String(ordinal).padStart(8)}  ${atGs === undefined ? "" : gameClock(atGs)}  ${type}  ${says}`,
          );
        if (--left <= 0) return enough.abort();
      }
    }
  });

const lag = edgeCommand(
  "lag",
  "how far behind each subscription is; exit 1 when one is stalled or not known",
).action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { lags } = await client(FleetService).lag({});
  // What is not known is no 0.
  const rows = lags.map(({ subscription, events, oldestMs, rate, deadLetters, state }) => {
    const known = <T>(value: T) => (state === LagState.UNKNOWN ? "?" : value);
    return {
      subscription,
      events: known(events),
      "oldest s": known(oldestMs / 1000),
      "events/s": known(rate),
      "dead letters": known(deadLetters),
      state: STATES[state] ?? "moving",
    };
  });
  printRows(rows, options.json);
  for (const { subscription, problem } of lags)
    if (problem !== "") console.error(`${subscription}: ${problem}`);
  if (lags.some(({ state }) => state !== LagState.MOVING)) process.exitCode = EXIT.fail;
});

const forget = edgeCommand("forget", "takes away a subscription that nobody reads, with its dead letters")
  .argument("<subscription>")
  .option("--yes", "do it; without this it only says what would go", false)
  .action(async (subscription: string, options: EdgeOptions & { yes: boolean }) => {
    const { client } = await openEdge(options);
    const { lags } = await client(FleetService).lag({ subscription, fresh: true });
    if (options.yes) await client(FleetService).forgetSubscription({ subscription });
    printRows(
      lags.map(({ events, deadLetters }) => ({
        [options.yes ? "forgotten" : "subscription"]: subscription,
        events,
        "dead letters": deadLetters,
      })),
      options.json,
    );
    if (!options.yes && lags.length > 0) console.error("Add --yes to forget it.");
  });

const explain = edgeCommand("explain", "who reads what, and what happens when it fails, in words")
  .argument("[subscription]", "only this one")
  .action(async (subscription: string | undefined, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const { text } = await client(FleetService).explain({ subscription: subscription ?? "" });
    console.log(options.json ? JSON.stringify({ text }) : text);
  });

export const bus = new Command("bus").description("The fabric that carries events.");
for (const command of [
  ls,
  tail,
  lag,
  dlq,
  redrive,
  resolve,
  discard,
  webhook,
  usage,
  retention,
  prune,
  pin,
  unpin,
  pins,
  exportEvents,
  causes,
  erase,
  publish,
  forget,
  move,
  explain,
])
  bus.addCommand(command);
