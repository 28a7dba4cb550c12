import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { EdgeService } from "@orrery/schema/router/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { printRows } from "../print.ts";

const PAGE = 500;

const ls = edgeCommand("ls", "who is connected, by the door that is asked").action(
  async (options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const rows = [];
    for (let pageToken = ""; ; ) {
      const page = await client(EdgeService).listSessions({ pageSize: PAGE, pageToken });
      for (const one of page.sessions)
        rows.push({
          ...{ session: one.sessionId, player: one.playerId, world: one.worldId, engine: one.engine },
          since: new Date(one.connectedMs).toISOString(),
          ...{ sent: one.sent, unread: one.queueEvents },
        });
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    printRows(rows, options.json);
  },
);

const kick = edgeCommand("kick", "sends somebody away until they open the game anew")
  .argument("<session>", "as `sessions ls` names it")
  .option("--note <text>", "why; they read it", "")
  .action(async (sessionId: string, options: EdgeOptions & { readonly note: string }) => {
    const { client } = await openEdge(options);
    const asked = { sessionId, note: options.note, idempotencyKey: randomUUID() };
    const { kicked } = await client(EdgeService).kick(asked);
    printRows([{ session: sessionId, kicked }], options.json);
    if (!kicked) process.exitCode = 1;
  });

export const sessions = new Command("sessions")
  .description("who is connected, and sending somebody away")
  .addCommand(ls)
  .addCommand(kick);
