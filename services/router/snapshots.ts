import { SnapshotService, type StreamMark } from "@orrery/schema/router/v1";
import type { Kit } from "@orrery/service";
import type { Interest } from "./interest.ts";
import { LIMITS } from "./limits.ts";

/** What one service answered, or that it did not. */
export interface Answer {
  readonly service: string;
  readonly frame: Uint8Array | undefined;
  readonly asOf: readonly StreamMark[];
}

/** Asks every service with state that clients may see, all at once; one that fails is named and asked again later. */
export async function askSnapshots(
  kit: Kit,
  world: string,
  player: string,
  interest: Interest,
  services: readonly string[] = snapshotServices(kit),
): Promise<readonly Answer[]> {
  return Promise.all(services.map((service) => ask(kit, service, world, player, interest)));
}

export function snapshotServices(kit: Kit): string[] {
  return kit.directory
    .local()
    .filter(({ service }) => service.typeName === SnapshotService.typeName)
    .map(({ serviceId }) => serviceId);
}

async function ask(
  kit: Kit,
  service: string,
  world: string,
  player: string,
  interest: Interest,
): Promise<Answer> {
  try {
    const client = kit.directory.clientOf(service, SnapshotService, {
      role: "service",
      id: kit.service,
      scopes: [],
    });
    const request = {
      worldId: world,
      playerId: player,
      regionIds: interest.allRegions ? ["*"] : [...interest.regions],
      entityIds: [...interest.entities],
      withoutWorld: !interest.world,
    };
    const { frame, asOf } = await client.snapshot(request, { timeoutMs: LIMITS.snapshotMs });
    return { service, frame, asOf };
  } catch (error) {
    kit.log.warn({ err: error, service, world }, "no snapshot; asking again");
    return { service, frame: undefined, asOf: [] };
  }
}
