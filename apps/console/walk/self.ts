import { type Nearby, placesNear, settlementsFrom } from "@orrery/atlas";
import { playerEntity } from "@orrery/client";
import { type EntityShown, WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";

const EVERY_MS = 2_000;
const ABOUT_KM = 1;
const [NEAR, FAR] = [10, 5];

/** Where the reader is; `self` undefined: they have not come in yet, or it is not known yet. */
export function useSelf(valley: Valley, changes: number) {
  const asked = { worldId: valley.world.id, entityIds: [playerEntity(valley.world)] };
  const calls = valley.world.rpc(WorldService);
  const { answer, problem } = useAsk("self", () => calls.getEntities(asked), EVERY_MS, changes);
  const self: EntityShown | undefined = answer?.entities[0];
  return { self, isKnown: answer !== undefined, problem };
}

/** Where one may go from a place: what is near, and the next settlements. */
export function waysFrom(valley: Valley, placeId: string): readonly Nearby[] {
  const land = valley.pack.get()?.land;
  const here = land?.places.find(({ id }) => id === placeId);
  if (land === undefined || here === undefined) return [];
  return [...placesNear(land, here, ABOUT_KM).slice(0, NEAR), ...settlementsFrom(land, here).slice(0, FAR)];
}
