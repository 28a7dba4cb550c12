import { ClockAdjusted, TimeService } from "@orrery/schema/time/v1";
import type { Kit } from "@orrery/service";
import { LIMITS } from "./limits.ts";

/** The clocks of worlds as anchor and rate: clients compute the time, and are sent no ticks. */
export interface Clocks {
  /** The last adjustment that is known here. */
  of(world: string): ClockAdjusted | undefined;
  heard(world: string, adjusted: ClockAdjusted): void;
  /**
   * Asks time-manager where none was heard of: a door that opened after a world's last adjustment would wait for the
   * next one, which may never come. Never rejects.
   * @returns undefined when there is no answer in time
   */
  ask(world: string): Promise<ClockAdjusted | undefined>;
}

export function createClocks(kit: Kit): Clocks {
  const known = new Map<string, ClockAdjusted>();
  const asking = new Map<string, Promise<void>>();

  function heard(world: string, adjusted: ClockAdjusted): void {
    const before = known.get(world);
    // An answer may come after an adjustment that is newer.
    if (before === undefined || adjusted.revision >= before.revision) known.set(world, adjusted);
  }

  async function fetch(world: string): Promise<void> {
    try {
      const request = { worldId: world };
      const { clock } = await kit.client(TimeService).getClock(request, { timeoutMs: LIMITS.snapshotMs });
      if (clock !== undefined) heard(world, clock);
    } catch (error) {
      kit.log.warn({ err: error, world }, "the clock is not known yet; asking again");
    } finally {
      asking.delete(world);
    }
  }

  return {
    of: (world) => known.get(world),
    heard,
    async ask(world) {
      if (known.has(world)) return known.get(world);
      let asked = asking.get(world);
      if (asked === undefined) asking.set(world, (asked = fetch(world)));
      await asked;
      return known.get(world);
    },
  };
}
