import { Command } from "commander";
import { WorldService } from "@orrery/schema/bus/v1";
import { EdgeService } from "@orrery/schema/router/v1";
import { archive, diff, fork, remove } from "./forks.ts";
import { sayOutcome, SKIP_LEFT } from "./skipping.ts";
import { check, schemas } from "./packs.ts";
import { verify } from "./verify.ts";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { duration, gameSecond } from "../numbers.ts";
import { gameClock, printRows, progress } from "../print.ts";
import { vitalSigns } from "../run/vital-signs.ts";
import { fastForward, type Reached } from "../run/fast-forward.ts";
import { interruptible } from "../run/interrupt.ts";
import { replayRows, replayWorld } from "../run/replay-world.ts";
import { restoreSnapshot, SNAPSHOT_HOLD, takeSnapshot } from "../run/snapshot.ts";

const ls = edgeCommand("ls", "the worlds that run").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { worlds } = await client(EdgeService).listWorlds({});
  const { forks, ended } = await client(WorldService).listForks({});
  const archived = ended.filter(({ deleted }) => !deleted).map(({ worldId }) => worldId);
  if (archived.length > 0) console.error(`Archived: ${archived.join(", ")}`);
  printRows(
    worlds.map(({ worldId, title, seed }) => {
      const fork = forks.find((one) => one.worldId === worldId);
      const from = fork === undefined ? "" : `${fork.parent} at ${gameClock(fork.atGs)}`;
      return { world: worldId, title, seed, "forked from": from };
    }),
    options.json,
  );
});

/** Exit 0: every byte came again; 1: something differs; 3: it could not be tried, or differs and other code had handled it. */
const replay = edgeCommand("replay", "handles the journal's input again and compares every emitted byte")
  .option("--service <id...>", "only these services")
  .option(
    "--from <gs>",
    "begin at the first checkpoint at or after this game second",
    gameSecond,
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
    printRows(results.flatMap(replayRows), options.json);
    const verdicts = results.map(({ verdict }) => verdict.verdict);
    process.exitCode = verdicts.includes("FAIL")
      ? EXIT.fail
      : verdicts.some((one) => one === "NOT_RUN" || one === "DIFFERS") || verdicts.length === 0
        ? EXIT.notRun
        : EXIT.pass;
  });

const snapshot = edgeCommand("snapshot", "copies a running Orrery into a new folder, at one moment")
  .argument("<folder>", "where to; must not be there yet")
  .action(async (folder: string, options: EdgeOptions) => {
    const edge = await openEdge(options);
    const { worlds, files } = await takeSnapshot(edge, options.data, folder);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const mib = Number((bytes / 2 ** 20).toFixed(1));
    printRows(
      worlds.map(({ id, atGs }) => ({ world: id, time: gameClock(atGs), files: files.length, MiB: mib })),
      options.json,
    );
  });

const restore = new Command("restore")
  .description("makes a data folder from a snapshot; its clocks are held until they are released")
  .argument("<snapshot>", "folder that `world snapshot` wrote")
  .requiredOption("--data <folder>", "the new data folder")
  .option("--json", "JSON lines on stdout")
  .action((folder: string, { data, json }: { data: string; json?: boolean }) => {
    const { worlds } = restoreSnapshot(folder, data);
    printRows(
      worlds.map(({ id, atGs }) => ({ world: id, time: gameClock(atGs), data })),
      json,
    );
    console.error(
      `Start it with \`orrery start --data ${data}\`, then let time pass with \`orrery time resume --hold ${SNAPSHOT_HOLD}\`.`,
    );
  });

const forward = edgeCommand(
  "fast-forward",
  "lets game time pass as fast as it can be lived through, and says how the world fares",
)
  .argument("<duration>", "`3d`, `12h`", duration)
  .option("--yes", "more than 62 days are meant")
  .action(async (durationGs: number, options: EdgeOptions & { yes?: boolean }) => {
    const edge = await openEdge(options);
    const say = progress();
    const { seconds, outcome, ...done } = await interruptible(SKIP_LEFT, (stop) =>
      fastForward(edge, durationGs, { isMeant: options.yes === true, stop }, (now) => {
        if (options.json) console.log(JSON.stringify(now));
        else say(wordsOf(now));
      }),
    );
    if (process.stderr.isTTY && !options.json) process.stderr.write("\n");
    const signs = await vitalSigns(edge, done.atGs - done.hours * 3_600);
    if (options.json) console.log(JSON.stringify({ ...done, phase: "done", outcome, seconds, signs }));
    else {
      printRows(
        [
          {
            world: edge.world,
            time: gameClock(done.atGs),
            hours: done.hours,
            seconds,
            "hours/s": done.hoursPerS,
          },
        ],
        false,
      );
      for (const [sign, words] of Object.entries(signs)) console.log(`${sign.padEnd(SIGN_WIDTH)}${words}`);
    }
    sayOutcome(outcome, done.atGs);
  });

const SIGN_WIDTH = 15;

function wordsOf({ phase, atGs, hoursPerS, leftS, behind }: Reached): string {
  if (phase === "following") return `${gameClock(atGs)}  ${behind} events still to be handled`;
  const left = leftS === undefined ? "" : `, ${leftS.toFixed(0)} s left`;
  return `${gameClock(atGs)}  ${hoursPerS.toFixed(0)} game hours/s${left}`;
}

export const world = new Command("world").description("Worlds as a whole.");
const all = [ls, check, schemas, fork, archive, remove, diff, replay, verify, snapshot, restore, forward];
for (const command of all) world.addCommand(command);
