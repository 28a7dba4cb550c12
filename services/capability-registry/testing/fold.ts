import {
  ExpiryReason,
  InstanceState,
  type ServiceExpired,
  type ServiceRegistered,
} from "@orrery/schema/capability/v1";

/** What somebody knows of instances who heard every event: `service state` by id. */
export function fold(
  registered: readonly ServiceRegistered[],
  expired: readonly ServiceExpired[],
): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const inOrder = [...registered, ...expired].sort((a, b) => a.revision - b.revision);
  for (const event of inOrder) {
    if (event.$typeName === "capability.v1.ServiceRegistered")
      known.set(event.instanceId, `${event.serviceId} ${event.state}`);
    else if (event.reason === ExpiryReason.DRAINING)
      known.set(event.instanceId, `${event.serviceId} ${InstanceState.DRAINING}`);
    else known.delete(event.instanceId);
  }
  return known;
}
