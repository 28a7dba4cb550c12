import { type EndWorldRequest, WorldArchived } from "@orrery/schema/world/v1";
import type { Call } from "@orrery/service";
import { checkKey } from "./create-world.ts";
import { frameOf, record } from "./record.ts";

/** A world has come to its end: said again it is the same. @throws RPC_IDEMPOTENCY_KEY */
export async function endWorld(request: EndWorldRequest, call: Call) {
  const { worldId: world, idempotencyKey, atGs, endedMs, deleted } = request;
  checkKey(idempotencyKey);
  const { kit } = call;
  // A deletion after an archiving is another event.
  const publisher = `${kit.service}/${world}/end-${Math.floor(endedMs).toString(36)}`;
  const said = { world, publisher, sequence: 1, timeMs: endedMs };
  const frame = frameOf(kit, said, WorldArchived, { atGs, worldId: world, deleted });
  await call.part(record).say(async () => true, [frame]);
  return {};
}
