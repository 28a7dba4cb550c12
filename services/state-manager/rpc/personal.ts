import { createHash } from "node:crypto";
import type {
  EraseRequest,
  EraseResponse,
  ExportOwnerRequest,
  ExportOwnerResponse,
} from "@orrery/schema/state/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { eraseJob } from "../erase/erase.ts";
import { exportOwner as exported } from "../erase/export-owner.ts";
import { objects } from "../objects.ts";
import { secret } from "../secrets.ts";
import type { StateTables } from "../tables.ts";
import { answerOf } from "../write/answer.ts";
import { actorOf } from "../write/actor.ts";

function playerOf(call: Call, playerId: string): string {
  const player = playerId || (call.caller.role === "player" ? call.caller.id : "");
  if (player.startsWith("player:")) return player;
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `player_id ${JSON.stringify(player)}` });
}

export async function erase(request: EraseRequest, call: Call): Promise<InitOf<typeof EraseResponse>> {
  const player = playerOf(call, request.playerId);
  const owned = call.part(objects);
  const salt = await secret(call.kit.store.as<StateTables>(), "salt");
  const author = { actor: actorOf(call.caller), requestKey: request.idempotencyKey, cause: undefined };
  const answer = answerOf(call.caller, request.idempotencyKey, () =>
    createHash("sha256").update(`erase ${player}`).digest("base64url"),
  );
  const job = eraseJob(call.part(collections), () => owned.ground, salt, player, author, answer);
  const counts = await owned.submit(job, call.signal);
  // What memory holds of the player goes as well; watchers go on from history.
  owned.cache.clear();
  owned.feed.forget();
  call.kit.metrics.counter("orrery_state_erasures_total", "Players erased")();
  return counts;
}

export async function exportOwner(
  request: ExportOwnerRequest,
  call: Call,
): Promise<InitOf<typeof ExportOwnerResponse>> {
  const player = playerOf(call, request.playerId);
  const db = call.kit.store.as<StateTables>();
  const text = await exported(db, call.part(collections), call.part(objects).ground, player);
  return { file: new TextEncoder().encode(text) };
}
