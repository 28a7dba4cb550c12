import { fingerprint } from "@orrery/schema/registry";
import { RouteHealthChanged } from "@orrery/schema/router/v1";
import type { Kit, Part } from "@orrery/service";
import type { HealthChange } from "@orrery/targets";
import { PLATFORM } from "@orrery/wire";
import { toldHealth, toldReason } from "./health.ts";

/** What changes by time alone (a rest that is over, a breaker that lets try) is noticed so soon. */
const LOOK_MS = 1_000;

/** Tells how the instances do that this door calls, each change once. */
export const routes: Part<void> = {
  name: "routes",
  publishes: [RouteHealthChanged],
  subscribes: [],
  async start(kit) {
    const said = kit.bus.publisher({ source: kit.service, world: PLATFORM, fingerprint });
    const stopping = new AbortController();
    const stopWatching = kit.directory.watchTargets((serviceId, change) => {
      void tell(eventOf(kit, serviceId, change));
    });
    async function tell(event: ReturnType<typeof eventOf>): Promise<void> {
      try {
        await said.publish(RouteHealthChanged, event);
      } catch (err) {
        kit.log.warn({ err, target: event.targetId }, "how it does was not told");
      }
    }
    const looking = look(kit, stopping.signal);
    return {
      handle: undefined,
      async stop() {
        stopWatching();
        stopping.abort();
        await looking;
        await said.flush();
      },
    };
  },
};

async function look(kit: Kit, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    for (const pool of kit.directory.targets().values()) pool.look(kit.clock.now());
    await kit.clock.sleep(LOOK_MS, stopping);
  }
}

const eventOf = (kit: Kit, serviceId: string, change: HealthChange) => ({
  ...{ serviceId, targetId: change.targetId, class: change.callClass, reporterId: kit.instance },
  ...{ from: toldHealth(change.from), to: toldHealth(change.to), reason: toldReason(change.reason) },
  ...{ errorRate: change.errorRate, inFlight: change.inFlight, untilMs: change.untilMs },
});
