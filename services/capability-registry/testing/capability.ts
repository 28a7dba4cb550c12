import { createMemoryTransport } from "@orrery/bus";
import {
  FeatureService,
  RegistryService,
  ServiceExpired,
  ServiceRegistered,
} from "@orrery/schema/capability/v1";
import { codecs } from "@orrery/schema/registry";
import { createLogger, type Host, startHost, systemClock } from "@orrery/service";
import { openFrame } from "@orrery/wire";
import service from "../service.ts";

/**
 * The service alone, in real time, on a database of the caller's.
 * @param instance of the process, where several share the database
 */
export async function startCapability(url: string, instance = "local", transport = createMemoryTransport()) {
  const said: (ServiceRegistered | ServiceExpired)[] = [];
  const host: Host = await startHost({
    services: [service],
    transport: {
      ...transport,
      features: transport.features,
      async publish(frames) {
        for (const bytes of frames)
          for (const event of openFrame(bytes).events())
            for (const codec of [ServiceRegistered, ServiceExpired])
              if (event.type === codec.typeName) said.push(codec.decode(event.payload));
        await transport.publish(frames);
      },
    },
    storeUrl: () => url,
    instance,
    outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) =>
      event === undefined ? [] : [typeName],
    ),
    env: {},
    log: createLogger("silent"),
  });
  const caller = { role: "admin", id: "ada", scopes: [] } as const;
  return {
    host,
    /** Of instances, so far. */
    said,
    registry: host.directory.client(RegistryService, caller),
    tides: host.directory.client(RegistryService, { role: "service", id: "tides", scopes: [] }),
    features: host.directory.client(FeatureService, caller),
    report: () => host.running()[0]?.kit.health.report(),
    /** @throws when it does not come about within 10 s */
    async until(holds: () => Promise<boolean> | boolean): Promise<void> {
      for (const endMs = systemClock.now() + 10_000; !(await holds()); await systemClock.sleep(20))
        if (systemClock.now() > endMs) throw new Error("it did not come about");
    },
    stop: () => host.stop(),
  };
}
