import type { Entity, EntityShownInit } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { toldMotion } from "./motion.ts";

/** An entity as whoever asks gets it. */
export const shown = ({
  entityId,
  kind,
  regionId,
  placeId,
  motion,
  props,
  version,
}: DeepReadonly<Entity>): EntityShownInit => ({
  entityId,
  kind,
  regionId,
  placeId,
  ...(motion && { motion: toldMotion(motion) }),
  props: props as Entity["props"],
  version,
});
