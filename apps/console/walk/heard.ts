import { playerEntity } from "@orrery/client";
import { NpcSpoke } from "@orrery/schema/npc/v1";
import { useEffect, useState } from "react";
import type { Valley } from "../data/valley.ts";

const KEPT = 12;

export interface Line {
  readonly key: string;
  readonly who: string;
  readonly text: string;
  readonly toSelf: boolean;
}

/** What is said where the reader is, the newest first. */
export function useHeard(valley: Valley, placeId: string): readonly Line[] {
  const [heard, setHeard] = useState<readonly Line[]>([]);
  useEffect(() => {
    setHeard([]);
    if (placeId === "") return undefined;
    const self = playerEntity(valley.world);
    return valley.onEvent(({ event }) => {
      const spoke = event.as(NpcSpoke);
      if (spoke === undefined || spoke.placeId !== placeId) return;
      const who = valley.people.all.get(spoke.npcId)?.name ?? "Somebody";
      const line = {
        key: `${spoke.exchangeId} ${spoke.atGs}`,
        who,
        text: spoke.text,
        toSelf: spoke.toId === self,
      };
      setHeard((before) => [line, ...before.filter(({ key }) => key !== line.key)].slice(0, KEPT));
    });
  }, [valley, placeId]);
  return heard;
}
