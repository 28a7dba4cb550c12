import { RouteService, type RouteTargetInit } from "@orrery/schema/router/v1";
import { type Call, serve } from "@orrery/service";
import { healthOf, type Pool, type Target, type TargetFacts } from "@orrery/targets";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import { toldHealth } from "./health.ts";

const [SHORTEST_MS, LONGEST_MS] = [1_000, 3_600_000] as const;

export const routeRpc = serve(RouteService, {
  listTargets({ serviceId }, call) {
    const now = call.kit.clock.now();
    const targets = [...call.kit.directory.targets()]
      .filter(([id]) => serviceId === "" || id === serviceId)
      .flatMap(([id, pool]) => pool.targets().map((target) => shown(id, target, now)));
    return { reporterId: call.kit.instance, targets };
  },
  eject({ targetId, forMs }, call) {
    if (!(forMs >= SHORTEST_MS && forMs <= LONGEST_MS))
      throw new OrreryError(routerErrors.ROUTER_EJECT_TIME, { given: `${forMs} ms` });
    poolOf(targetId, call).eject(targetId, call.kit.clock.now(), forMs);
    return {};
  },
  restore({ targetId }, call) {
    poolOf(targetId, call).restore(targetId, call.kit.clock.now());
    return {};
  },
});

/** @throws ROUTER_UNKNOWN_TARGET */
function poolOf(targetId: string, { kit }: Call): Pool<TargetFacts> {
  for (const pool of kit.directory.targets().values())
    if (pool.targets().some(({ facts }) => facts.id === targetId)) return pool;
  throw new OrreryError(routerErrors.ROUTER_UNKNOWN_TARGET, { given: targetId.slice(0, 128) });
}

function shown(serviceId: string, target: Target, now: number): RouteTargetInit {
  const { calls, failures } = target.window.counts(now);
  return {
    ...{ targetId: target.facts.id, serviceId, health: toldHealth(healthOf(target, now)) },
    ...{
      inFlight: target.inFlight,
      limit: target.limit.limit,
      latencyMs: target.latency.at(now),
      calls,
      failures,
    },
    ejectedUntilMs: target.ejectedUntilMs > now ? target.ejectedUntilMs : 0,
    heldOff: [...target.breakers].flatMap(([name, breaker]) =>
      breaker.state(now) === "closed" ? [] : [name],
    ),
  };
}
