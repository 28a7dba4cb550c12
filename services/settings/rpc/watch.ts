import type { WatchRequest, WatchResponse } from "@orrery/schema/settings/v1";
import type { Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { definitions } from "../definitions/part.ts";
import { maySee } from "../definitions/registry.ts";
import { settingsErrors } from "../errors.ts";
import { keeper } from "../write/keeper.ts";
import type { Told } from "../write/turn.ts";
import { playerOf } from "./submit.ts";

const HEARTBEAT_MS = 5_000;

/** Changes after a seq, in order, without a gap. @throws SETTINGS_WATCH_GAP where memory does not reach back */
export async function* watch(
  request: WatchRequest,
  call: Call,
): AsyncGenerator<InitOf<typeof WatchResponse>> {
  const kept = call.part(keeper);
  const player = playerOf(call, request.playerId);
  let seq = request.fromSeq ?? kept.ground.seq;
  for (;;) {
    const more = kept.feed.next();
    const present = kept.ground.seq;
    const told = seq === present ? [] : kept.feed.after(seq);
    if (told === undefined || seq > present)
      throw new OrreryError(settingsErrors.SETTINGS_WATCH_GAP, { given: `${seq}, now ${present}` });
    const changes = told
      .filter((one) => concerns(one, player, request.worldId, call))
      .map(({ change }) => change);
    seq = present;
    if (changes.length > 0) yield { changes, seq };
    if (await comes(call, more)) continue;
    if (call.signal.aborted) return;
    yield { seq };
  }
}

/** A player hears of own values and of those that are everybody's. */
function concerns({ change, owner }: Told, player: string, world: string, call: Call): boolean {
  const definition = call.part(definitions).find(change.key);
  if (definition === undefined || !maySee(call.caller, definition)) return false;
  if (owner !== "") return owner === player || (player === "" && call.caller.role !== "player");
  return world === "" || change.scopeId === "" || change.scopeId === world;
}

/** @returns false when a heartbeat is due */
async function comes({ kit, signal }: Call, more: Promise<void>): Promise<boolean> {
  const waited = new AbortController();
  const beat = kit.clock.sleep(HEARTBEAT_MS, AbortSignal.any([signal, waited.signal])).then(() => false);
  const first = await Promise.race([more.then(() => true), beat]);
  waited.abort();
  return first;
}
