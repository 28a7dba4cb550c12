import { type DamagedFrame, WorldService } from "@orrery/schema/bus/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { ordinal } from "../numbers.ts";
import { EXIT } from "../exit.ts";
import { printRows, progress } from "../print.ts";

/** Exit 0: all that is kept is whole; 1: something is damaged; 3: nothing is kept of this world. */
export const verify = edgeCommand(
  "verify",
  "reads all that is kept of a world and holds it against its checksums",
)
  .option("--from <ordinal>", "begin at this place of the journal", ordinal, 0)
  .option("--to <ordinal>", "end at this place of the journal", ordinal, 0)
  .action(async (options: EdgeOptions & { from: number; to: number }) => {
    const { world, client } = await openEdge(options);
    const say = progress();
    const damaged: DamagedFrame[] = [];
    let counts = { frames: 0, events: 0, bytes: 0, damages: 0, sha256: "" };
    const { from, to } = options;
    for await (const told of client(WorldService).verify({ worldId: world, from, to })) {
      damaged.push(...told.damaged);
      counts = told;
      say(`${told.frames} frames, ${told.damages} damaged`);
    }
    if (process.stderr.isTTY) process.stderr.write("\n");
    const { frames, events, bytes, damages, sha256 } = counts;
    const verdict = frames === 0 ? "NOT_RUN" : damages > 0 ? "FAIL" : "PASS";
    printRows([{ world, verdict, frames, events, bytes, damages, sha256 }], options.json);
    if (damaged.length > 0)
      printRows(
        damaged.map(({ worldId, first, last, segment, place, problem }) => ({
          "part of": worldId,
          from: first,
          to: last,
          file: segment,
          place,
          problem,
        })),
        options.json,
      );
    process.exitCode = frames === 0 ? EXIT.notRun : damages > 0 ? EXIT.fail : EXIT.pass;
  });
