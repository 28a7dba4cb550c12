import type { Index } from "../registry/index.ts";
import type { Live } from "../registry/live.ts";

/**
 * Who is meant by `<service_id>@<address>`: the live instance of that service whose calls are answered there, on the
 * path that the kit gives each service of a process or, of others, at the bare address. Undefined: nobody is.
 */
export function instanceAt(targetId: string, index: Index): Live | undefined {
  const at = targetId.indexOf("@");
  if (at < 1) return undefined;
  const [serviceId, address] = [targetId.slice(0, at), targetId.slice(at + 1)];
  const [found] = [
    ...index.at(serviceId, [`${address}/services/${serviceId}`]),
    ...index.at(serviceId, [address]),
  ];
  return found;
}
