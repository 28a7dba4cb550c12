import { create } from "@bufbuild/protobuf";
import { Mode, Profile, type ProfileInit, ProfileSchema } from "@orrery/schema/performance/v1";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { performanceErrors } from "../errors.ts";
import type { PlayerRows } from "../write/player.ts";
import type { Turn } from "../write/turn.ts";

type ProfileMessage = ReturnType<typeof Profile.decode>;

/** Of a player; the one that was there longest ago makes room. */
const DEVICES_MOST = 32;

/** @param device empty: the one that was there last @throws PERF_PROFILE_UNKNOWN */
export function profileOf(rows: PlayerRows, device: string): ProfileMessage {
  const found = device === "" ? [...rows.profiles.values()].at(-1) : rows.profiles.get(device);
  if (found === undefined)
    throw new OrreryError(performanceErrors.PERF_PROFILE_UNKNOWN, {
      given: `${rows.player} on ${device === "" ? "any device" : device}`,
    });
  return found;
}

/** What somebody wants who never said anything: the controller chooses. */
export const newProfile = (player: string, device: string): ProfileMessage =>
  create(ProfileSchema, { playerId: player, deviceId: device, mode: Mode.IMMERSIVE, auto: true });

/** Keeps a profile as it is from now on. */
export function keepProfile(turn: Turn, profile: ProfileInit & { playerId: string; deviceId: string }): void {
  const { playerId: player, deviceId: device } = profile;
  const rows = turn.player(player);
  const profiles = new Map(rows.profiles);
  profiles.set(device, create(ProfileSchema, profile));
  const body = encodeBytes(Profile, profile);
  turn.write(
    turn.db
      .insertInto("profile")
      .values({ player, device, seen_ms: turn.nowMs, body })
      .onConflict((conflict) => conflict.columns(["player", "device"]).doUpdateSet({ body })),
  );
  const inUse = new Set(turn.sessionsOf(player).map((session) => session.device)).add(device);
  const idle = [...profiles.keys()].filter((one) => !inUse.has(one));
  for (const oldest of idle.slice(0, Math.max(0, profiles.size - DEVICES_MOST))) {
    profiles.delete(oldest);
    turn.write(turn.db.deleteFrom("profile").where("player", "=", player).where("device", "=", oldest));
  }
  turn.keep({ ...rows, profiles });
}

/** The device is there: it is the one that is meant where none is named. */
export function touchProfile(turn: Turn, profile: ProfileMessage): void {
  const { playerId: player, deviceId: device } = profile;
  const rows = turn.player(player);
  const profiles = new Map(rows.profiles);
  profiles.delete(device);
  turn.keep({ ...rows, profiles });
  keepProfile(turn, profile);
  turn.write(
    turn.db
      .updateTable("profile")
      .set({ seen_ms: turn.nowMs })
      .where("player", "=", player)
      .where("device", "=", device),
  );
}
