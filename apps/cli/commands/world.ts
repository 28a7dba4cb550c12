import { Command } from "commander";
import { EdgeService } from "@orrery/schema/router/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { gameClock, printRows, progress } from "../print.ts";
import { replayWorld } from "../run/replay-world.ts";

const ls = edgeCommand("ls", "the worlds that run").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { worlds } = await client(EdgeService).listWorlds({});
  printRows(
    worlds.map(({ worldId, title, seed }) => ({ world: worldId, title, seed })),
    options.json,
  );
});

/** Exit 0: every byte came again; 1: something differs; 3: it could not be tried. */
const replay = edgeCommand("replay", "handles the journal's input again and compares every emitted byte")
  .option("--service <id...>", "only these services")
  .option(
    "--from <gs>",
    "begin at the first checkpoint at or after this game second",
    Number,
    Number.NEGATIVE_INFINITY,
  )
  .action(async (options: EdgeOptions & { service?: string[]; from: number }) => {
    const edge = await openEdge(options);
    const say = progress();
    const results = await replayWorld(
      edge,
      { services: options.service, fromGs: options.from },
      (service, batches, atGs) => say(`${service}: ${batches} commits, ${gameClock(atGs)}`),
    );
    if (process.stderr.isTTY) process.stderr.write("\n");
    const rows = results.map(({ service, verdict, seconds }) => ({
      service,
      verdict: verdict.verdict,
      commits: "batches" in verdict ? verdict.batches : 0,
      events: "events" in verdict ? verdict.events : 0,
      seconds: seconds.toFixed(1),
      detail:
        verdict.verdict === "NOT_RUN"
          ? verdict.reason
          : verdict.verdict === "FAIL"
            ? `intake ${verdict.difference.intakeSeq}: ${verdict.difference.type} ${verdict.difference.event.publisher}/${verdict.difference.event.sequence}, field ${verdict.difference.field}: expected ${verdict.difference.expected}, found ${verdict.difference.found}`
            : `to ${gameClock(verdict.atGs)}`,
    }));
    printRows(rows, options.json);
    const verdicts = results.map(({ verdict }) => verdict.verdict);
    process.exitCode = verdicts.includes("FAIL")
      ? EXIT.fail
      : verdicts.includes("NOT_RUN") || verdicts.length === 0
        ? EXIT.notRun
        : EXIT.pass;
  });

export const world = new Command("world").description("Worlds as a whole.");
for (const command of [ls, replay]) world.addCommand(command);
