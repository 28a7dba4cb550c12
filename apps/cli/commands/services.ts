import { Command } from "commander";
import { ProjectionService } from "@orrery/schema/simulation/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { gameClock, printRows, progress } from "../print.ts";

const rebuild = edgeCommand(
  "rebuild",
  "builds a read model of a service again from the journal, beside the one in use, which stays until it is whole",
)
  .argument("<service>", "service id")
  .argument("<projection>", "name of the part that keeps it")
  .option("--from-retained", "of what the journal still has; what came before is lost to it")
  .action(
    async (serviceId: string, projection: string, options: EdgeOptions & { fromRetained?: boolean }) => {
      const { world, client } = await openEdge(options);
      const say = progress();
      const asked = { worldId: world, serviceId, projection, fromRetained: options.fromRetained ?? false };
      let last = { events: 0, lost: 0 };
      for await (const told of client(ProjectionService).rebuildProjection(asked)) {
        last = told;
        say(`${told.events} events${told.atGs === undefined ? "" : `, to ${gameClock(told.atGs)}`}`);
      }
      if (process.stderr.isTTY) process.stderr.write("\n");
      printRows(
        [{ world, service: serviceId, projection, events: last.events, lost: last.lost }],
        options.json,
      );
    },
  );

export const services = new Command("services")
  .description("what services keep beside the states of worlds")
  .addCommand(rebuild);
