import type { Usage } from "./protocol.ts";

/** What this process has used and holds. */
export function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    rssMiB: rss / 2 ** 20,
    heapMiB: heapUsed / 2 ** 20,
    cpuMs: (user + system) / 1000,
    systemMs: system / 1000,
  };
}
