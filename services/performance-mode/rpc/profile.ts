import type { GetProfileRequest, GetProfileResponseInit, Profile } from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { scaled } from "../budgets/tree.ts";
import { shipped } from "../data/part.ts";
import { configOf, sourcesOf } from "../resolve/messages.ts";
import { resolve } from "../resolve/resolve.ts";
import { NO_AUTO } from "../resolve/situation.ts";
import { eventHzOf } from "../session/event-hz.ts";
import { profileOf } from "../session/profiles.ts";
import type { Session } from "../session/session.ts";
import { situationOf } from "../session/situation-of.ts";
import { wantsOf } from "../session/wants.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Ground } from "../write/ground.ts";
import { keeper } from "../write/keeper.ts";
import type { PlayerRows } from "../write/player.ts";
import { playerOf, sessionOf } from "./whom.ts";

export async function getProfile(request: GetProfileRequest, call: Call): Promise<GetProfileResponseInit> {
  const kept = call.part(keeper);
  const named = request.sessionId === "" ? undefined : sessionOf(call, request.sessionId);
  const rows = await kept.player(named?.player ?? playerOf(call, request.playerId));
  const profile = profileOf(rows, named?.device ?? request.deviceId);
  const session = named ?? newestOn(kept.open.of(rows.player), profile.deviceId);
  return shown(call.part(shipped).matrix, kept.ground, rows, profile, session);
}

export const newestOn = (sessions: readonly Session[], device: string): Session | undefined =>
  sessions.filter((session) => session.device === device).at(-1);

/** A profile with what follows from it. */
export function shown(
  matrix: Matrix,
  ground: Ground,
  rows: PlayerRows,
  profile: Profile,
  session: Session | undefined,
): GetProfileResponseInit {
  const wants = wantsOf(profile, rows.policies.get(session?.world ?? ""));
  const situation = situationOf(matrix, ground, wants, session?.kept);
  const resolved = resolve(situation);
  const tree = ground.trees.get(resolved.mode);
  return {
    profile,
    config: configOf(resolved),
    sources: sourcesOf(situation),
    sessionId: session?.id ?? "",
    clientEventHz: eventHzOf(wants, session?.kept.auto ?? NO_AUTO, resolved),
    ...(tree && { budget: scaled(tree, resolved.values.targetFps) }),
  };
}
