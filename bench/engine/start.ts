import { join } from "node:path";
import { createMemoryTransport } from "@orrery/bus";
import { EngineService } from "@orrery/schema/engine/v1";
import { codecs } from "@orrery/schema/registry";
import { createLogger, startHost, systemClock } from "@orrery/service";
import service from "@orrery/ue-version-monitor";

/** The monitor alone. @param speed how often faster than a clock its own one goes */
export async function startMonitor(
  folder: string,
  env: Readonly<Record<string, string>>,
  onFrames: (frames: readonly Uint8Array[]) => void,
  speed = 1,
) {
  const transport = createMemoryTransport();
  const beganMs = systemClock.now();
  const clock =
    speed === 1
      ? systemClock
      : {
          now: () => beganMs + (systemClock.now() - beganMs) * speed,
          sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / speed, signal),
        };
  const host = await startHost({
    services: [service],
    transport: {
      ...transport,
      features: transport.features,
      async publish(frames) {
        onFrames(frames);
        await transport.publish(frames);
      },
    },
    storeUrl: () => join(folder, "engine.db"),
    outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) => (event ? [typeName] : [])),
    env,
    clock,
    hostClock: () => clock.now(),
    log: createLogger("silent"),
  });
  const client = (role: "admin" | "service", id: string) =>
    host.directory.client(EngineService, { role, id, scopes: [] });
  return { host, admin: client("admin", "bench"), service: client("service", "bench") };
}

/** Tries again until it is so. @throws after 30 s */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const endMs = systemClock.now() + 30_000; !(await holds()); await systemClock.sleep(2))
    if (systemClock.now() > endMs) throw new Error("it did not come about");
}
