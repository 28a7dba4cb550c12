import { Stance } from "@orrery/schema/world/v1";
import type { SeenState } from "@orrery/simulation/define";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../../errors.ts";
import { entityIdOf } from "../../player-id.ts";
import type { RealmWorld } from "../state.ts";

/** Nobody on the land of a faction sells anything to a player whom it is hostile to. @throws WORLD_NOT_WELCOME */
export function checkWelcome(
  { controls, reputations }: Pick<SeenState<RealmWorld>, "controls" | "reputations">,
  player: string,
  regionId: string,
): void {
  const holderId = controls.get(regionId)?.holderId ?? "";
  const stance = reputations.get(entityIdOf(player))?.factions[holderId]?.stance;
  if (stance === Stance.HOSTILE)
    throw new OrreryError(worldStateErrors.WORLD_NOT_WELCOME, { given: `${holderId} in ${regionId}` });
}
