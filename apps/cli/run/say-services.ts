import type { Host } from "@orrery/service";

/** `Orrery runs 4 of 5 services, not weather-manager (…)`: what a process came up with. */
export function sayServices(host: Pick<Host, "services">): string {
  const services = host.services();
  const failed = services.flatMap(({ definition, failure }) =>
    failure === undefined ? [] : [`${definition.id} (${failure.code})`],
  );
  if (failed.length === 0) return `Orrery runs ${services.length} services`;
  const running = services.length - failed.length;
  return `Orrery runs ${running} of ${services.length} services, not ${failed.join(", ")}: see \`orrery status\``;
}
