import { NpcService } from "@orrery/schema/npc/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { gameClock, printRows } from "../print.ts";

export const wants = edgeCommand("wants", "what somebody has set themselves, and how they mean to come by it")
  .argument("<npc>", "id, like npc:mira-reed")
  .action(async (npcId: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { goals } = await client(NpcService).explain({ worldId: world, npcId });
    printRows(
      goals.map(({ text, steps, obstacle, priority, sinceGs, untilGs }) => ({
        wants: text,
        plan: steps.length === 0 ? "none" : steps.join("; then "),
        but: obstacle,
        urges: Number(priority.toFixed(2)),
        since: gameClock(sinceGs),
        until: gameClock(untilGs),
      })),
      options.json,
    );
    if (goals.length === 0 && options.json !== true) console.log("Nothing beyond what the day has in mind.");
  });
