import { randomUUID } from "node:crypto";
import { Command, InvalidArgumentError, Option } from "commander";
import { RouteHealth, RouteService } from "@orrery/schema/router/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { printRows, wordOf } from "../print.ts";

const MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 3_600_000;

/** `30s`, `10m` or `1h` of real time, in ms. */
function span(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
  const ms = Number(amount) * (MS[unit] ?? 0);
  if (ms > 0 && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError("Say 30s or 10m, from 1s to 1h.");
}

/** A number stays one: JSON lines are for programs. */
const rounded = (value: number) => Math.round(value * 100) / 100;

const ls = edgeCommand("ls", "the instances that the door calls, and how they do for it")
  .argument("[service]", "only its instances", "")
  .action(async (serviceId: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const { reporterId, targets } = await client(RouteService).listTargets({ serviceId });
    printRows(
      targets.map((one) => ({
        target: one.targetId,
        health: wordOf(RouteHealth, one.health).replace("_", "-"),
        "in flight": one.inFlight,
        limit: one.limit,
        "ms a call": one.latencyMs === 0 ? undefined : rounded(one.latencyMs),
        ...{ calls: one.calls, failures: one.failures },
        "rests until": one.ejectedUntilMs === 0 ? undefined : new Date(one.ejectedUntilMs).toISOString(),
        "held off": one.heldOff.join(" "),
        door: reporterId,
      })),
      options.json,
    );
  });

const eject = edgeCommand("eject", "lets an instance rest: the door that is asked calls others instead")
  .argument("<target>", "as `routes ls` names it")
  .addOption(
    new Option("--for <duration>", "how long, like 30s or 10m").argParser(span).makeOptionMandatory(),
  )
  .action(async (targetId: string, options: EdgeOptions & { readonly for: number }) => {
    const { client } = await openEdge(options);
    await client(RouteService).eject({ targetId, forMs: options.for, idempotencyKey: randomUUID() });
    printRows([{ target: targetId, "rests for s": options.for / 1_000 }], options.json);
  });

const restore = edgeCommand("restore", "says that an instance is well: it gets its share again by and by")
  .argument("<target>", "as `routes ls` names it")
  .action(async (targetId: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    await client(RouteService).restore({ targetId, idempotencyKey: randomUUID() });
    printRows([{ target: targetId, restored: true }], options.json);
  });

export const routes = new Command("routes")
  .description("where a door's calls go, and letting an instance rest")
  .addCommand(ls)
  .addCommand(eject)
  .addCommand(restore);
