import type { ClockAdjusted } from "@orrery/schema/time/v1";
import { useEffect, useState } from "react";
import type { Valley } from "../data/valley.ts";

const LOOK_MS = 250;

/** The clock as it stands: also while it is held, when its seconds do not change but its holds may. */
export function useClock({ world }: Valley): { liveGs: number; adjusted: ClockAdjusted | undefined } {
  const look = () => ({ liveGs: world.clock.nowGs(), adjusted: world.clock.adjusted });
  const [clock, setClock] = useState(look);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden) return;
      setClock((before) => {
        const now = look();
        return Object.is(now.liveGs, before.liveGs) && now.adjusted === before.adjusted ? before : now;
      });
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [world]);
  return clock;
}
