import { codecs, fingerprint } from "@orrery/schema/registry";
import { SnapshotService, type StreamMark } from "@orrery/schema/router/v1";
import { isNotStarted, type Kit } from "@orrery/service";
import { createFrameWriter, openFrame, stripServerOnly } from "@orrery/wire";
import { concerns, type Interest } from "./interest.ts";
import { LIMITS } from "./limits.ts";
import { audienceFromPayload } from "./see.ts";

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
    .served()
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
    return { service, frame: forClient(frame, interest, player), asOf };
  } catch (error) {
    // Of one that could not start its own line tells, and health.
    kit.log[isNotStarted(error) ? "debug" : "warn"](
      { err: error, service, world },
      "no snapshot; asking again",
    );
    return { service, frame: undefined, asOf: [] };
  }
}

const SNAPSHOT_MAX_BYTES = 16 * 1024 * 1024;

/** A snapshot holds to the same rules as live events: nothing for others, and no server-only field. */
function forClient(bytes: Uint8Array, interest: Interest, player: string): Uint8Array {
  const frame = openFrame(bytes);
  const { publisher, source, world, lane } = frame;
  const writer = createFrameWriter(
    { publisher, source, world, lane, fingerprint, firstSequence: 1 },
    { maxBytes: SNAPSHOT_MAX_BYTES },
  );
  for (const { type, key, timeMs, payload } of frame.events()) {
    const codec = codecs.get(type);
    const audience = codec && audienceFromPayload(codec, payload, key);
    if (codec === undefined || audience === undefined) continue;
    const own = audience.to === "players" && audience.players.includes(player);
    if (own || concerns({ ...interest, types: [] }, { type, audience }))
      writer.appendRaw(type, stripServerOnly(codec, payload), { key, timeMs });
  }
  return writer.finish();
}
