import { create } from "@bufbuild/protobuf";
import { ChangeReason, DeviceClass, HardwareSchema } from "@orrery/schema/performance/v1";
import type { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import type { MessageOf } from "@orrery/wire";
import type { Matrix } from "../matrix/matrix.ts";
import type { Turn } from "../write/turn.ts";
import { newProfile, touchProfile } from "./profiles.ts";
import { newPulse } from "./pulse.ts";
import { NEW } from "./session.ts";
import { wantsOf } from "./wants.ts";
import { tell } from "./tell.ts";

const TEXT_MOST = 128;

/** A client has arrived: its session begins with what its profile says. One that is known already goes on. */
export function opens(
  turn: Turn,
  matrix: Matrix,
  world: string,
  client: MessageOf<typeof ClientConnected>,
): void {
  const { sessionId: id, playerId: player, deviceId: device, engineVersion, platform, engine } = client;
  if (turn.session(id) !== undefined) return;
  const profile = turn.player(player).profiles.get(device) ?? newProfile(player, device);
  const deviceClass = profile.hardware?.deviceClass || classFrom(platform, engine);
  const { $typeName: _, ...hardware } = create(HardwareSchema, profile.hardware);
  const version = engineVersion.slice(0, TEXT_MOST);
  const known = {
    ...profile,
    hardware: create(HardwareSchema, { ...hardware, deviceClass, engineVersion: version }),
  };
  touchProfile(turn, known);
  const session = {
    id,
    player,
    device,
    world,
    openedMs: client.atMs,
    wants: wantsOf(known, undefined),
    kept: NEW,
    pulse: newPulse(NEW.strain),
  };
  tell(turn, matrix, session, NEW, { reason: ChangeReason.RESTORED, begins: true });
}

/**
 * A device has left. Its client may have come back in between, under another session at the edge: what began before it
 * left is over.
 */
export function leaves(
  turn: Turn,
  world: string,
  { playerId, deviceId, sessionId, atMs }: MessageOf<typeof ClientDisconnected>,
): void {
  for (const open of turn.sessionsOf(playerId))
    if (open.id === sessionId || (open.device === deviceId && open.world === world && open.openedMs <= atMs))
      closes(turn, open.id);
}

/** The session is over. What was learned in it is kept already. */
export function closes(turn: Turn, id: string): void {
  turn.keepSession(id, undefined);
  turn.write(turn.db.deleteFrom("session").where("id", "=", id));
}

const CLASSES: readonly (readonly [RegExp, DeviceClass])[] = [
  [/steam ?deck|handheld|switch|\brog ally\b/i, DeviceClass.HANDHELD],
  [/android|ios\b|iphone|ipad|mobile/i, DeviceClass.MOBILE],
  [/ps[45]|playstation|xbox|xsx|console/i, DeviceClass.CONSOLE],
  [/mozilla|browser|wasm|chrome|safari/i, DeviceClass.BROWSER],
  [/node|headless|server|\bbot\b/i, DeviceClass.HEADLESS],
];

/** What a device is by what its client says of itself, until it says so with a benchmark. */
export const classFrom = (platform: string, engine: string): DeviceClass =>
  CLASSES.find(([words]) => words.test(platform))?.[1] ??
  CLASSES.find(([words]) => words.test(engine))?.[1] ??
  DeviceClass.DESKTOP;
