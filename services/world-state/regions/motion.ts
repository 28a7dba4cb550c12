import type { Entity, EntityMotion, MotionInit } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";

export const toldMotion = ({
  xM,
  yM,
  toXM,
  toYM,
  viaM,
  departGs,
  arriveGs,
}: DeepReadonly<EntityMotion>): MotionInit => ({
  xM,
  yM,
  toXM,
  toYM,
  viaM: [...viaM],
  departGs,
  arriveGs,
});

/** All that is known of an entity, as somebody gets it who knows nothing of it. */
export const wholeOf = ({ entityId, kind, placeId, motion, props, version }: DeepReadonly<Entity>) => ({
  entityId,
  kind,
  version,
  ...(motion && { motion: toldMotion(motion) }),
  placeId,
  set: props as Entity["props"],
});
