import { defineService } from "@orrery/service";
import { adoptions } from "./adoptions.ts";
import { config } from "./config.ts";
import { edge } from "./edge.ts";
import { endedWorlds } from "./ended-worlds.ts";
import { fanOut } from "./fan-out.ts";
import { http } from "./http.ts";
import { tokens } from "./migrations/001-tokens.ts";
import { worldTable } from "./migrations/002-worlds.ts";
import { doorTables } from "./migrations/003-doors.ts";
import { endedWorldTable } from "./migrations/004-ended-worlds.ts";
import { adoptionTable } from "./migrations/005-adoptions.ts";
import { openingColumns } from "./migrations/006-openings.ts";
import { moveColumns } from "./migrations/007-moves.ts";
import { openings } from "./openings.ts";
import { routes } from "./routes/part.ts";
import { rpc } from "./rpc.ts";
import { worlds } from "./worlds.ts";

export default defineService({
  id: "router",
  summary: "The only door for game clients: tokens, calls, and one socket with snapshot, deltas and resume.",
  config,
  parts: [worlds, endedWorlds, adoptions, routes, fanOut, openings, edge],
  rpc,
  migrations: {
    "001-tokens": tokens,
    "002-worlds": worldTable,
    "003-doors": doorTables,
    "004-ended-worlds": endedWorldTable,
    "005-adoptions": adoptionTable,
    "006-openings": openingColumns,
    "007-moves": moveColumns,
  },
  http,
});
