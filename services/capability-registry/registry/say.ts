import { ServiceExpired, ServiceRegistered } from "@orrery/schema/capability/v1";
import type { InitOf } from "@orrery/wire";
import type { Saying } from "../store/head.ts";
import type { Change } from "./live.ts";

/**
 * What is said of a change: as things stand when it is made, since the instance goes on changing.
 * @param offset between the registry's clock and the host's, ms
 */
export function sayingOf(one: Change, leaseUntil: number, offset: number, hostMs: number): Saying {
  const { live, revision } = one;
  const { registration } = live;
  const { instanceId, serviceId } = registration;
  const about = { key: serviceId, timeMs: hostMs };
  if (one.kind === "expired") {
    const { reason, remaining } = one;
    const lastSeenMs = live.lastSeen + offset;
    const event: InitOf<typeof ServiceExpired> = {
      instanceId,
      serviceId,
      reason,
      lastSeenMs,
      remaining,
      revision,
    };
    return { ...about, codec: ServiceExpired, event };
  }
  const { version, endpoints, capabilities, publishes, subscribes, zone } = registration;
  const event: InitOf<typeof ServiceRegistered> = {
    instanceId,
    serviceId,
    version,
    endpoints,
    capabilities,
    publishes,
    subscribes,
    zone,
    state: live.state,
    leaseUntilMs: leaseUntil + offset,
    revision,
    change: one.change,
  };
  return { ...about, codec: ServiceRegistered, event };
}
