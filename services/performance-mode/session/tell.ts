import { Apply, type ChangeReason, Mode, ModeChanged, Preset } from "@orrery/schema/performance/v1";
import type { Matrix } from "../matrix/matrix.ts";
import { ALL_KEYS, configOf, strictest } from "../resolve/messages.ts";
import { differing, resolve, sameResolved } from "../resolve/resolve.ts";
import type { Resolved } from "../resolve/situation.ts";
import type { Turn } from "../write/turn.ts";
import { eventHzOf } from "./event-hz.ts";
import { keepProfile, profileOf } from "./profiles.ts";
import { type Kept, keptBytes, type Session, sessionWith, toldNow } from "./session.ts";
import { situationOf } from "./situation-of.ts";
import { wantsOf } from "./wants.ts";

/** What is told with a change. */
export interface Telling {
  readonly reason: ChangeReason;
  /** The session begins: it is told however it is. */
  readonly begins?: boolean;
  /** Forces the moment. */
  readonly apply?: Apply;
}

/**
 * Works out what a session's client is to show, keeps that, and tells it where it is another than before.
 * @param kept of the session from now on
 * @returns whether it was told
 */
export function tell(turn: Turn, matrix: Matrix, session: Session, kept: Kept, telling: Telling): boolean {
  const { player, device, world } = session;
  const rows = turn.player(player);
  const profile = profileOf(rows, device);
  const policy = rows.policies.get(world);
  const before = kept.told;
  const found = resolve(situationOf(matrix, turn.ground, wantsOf(profile, policy), kept));
  const isNews = telling.begins === true || before === undefined || !sameResolved(before, found);
  const revision = isNews ? profile.revision + 1 : profile.revision;
  const resolved = isNews ? turn.intern(found) : before;
  const wants = wantsOf(profile, policy, revision);
  keepSession(turn, sessionWith(session, wants, toldNow(kept, resolved)));
  if (!isNews) return false;
  keepProfile(turn, { ...profile, revision });
  const clientEventHz = eventHzOf(wants, kept.auto, resolved);
  const change = { ...changeOf(session, before, resolved, telling, revision), clientEventHz };
  turn.emit(world, ModeChanged, change, player);
  return true;
}

function changeOf(
  { player, device, id }: Session,
  before: Resolved | undefined,
  now: Resolved,
  { reason, begins, apply }: Telling,
  revision: number,
) {
  const changed = before === undefined ? ALL_KEYS : differing(before.values, now.values);
  const forced = apply === undefined || apply === Apply.UNSPECIFIED ? undefined : apply;
  return {
    playerId: player,
    deviceId: device,
    sessionId: id,
    mode: now.mode,
    preset: now.preset,
    previousMode: begins === true ? Mode.UNSPECIFIED : (before?.mode ?? Mode.UNSPECIFIED),
    previousPreset: begins === true ? Preset.UNSPECIFIED : (before?.preset ?? Preset.UNSPECIFIED),
    reason,
    auto: now.isAuto,
    targetFps: now.values.targetFps,
    config: configOf(now),
    npcFullCap: now.values.npcFullCap,
    narrativeDensity: now.values.narrativeDensity,
    apply: begins === true ? Apply.NOW : (forced ?? strictest(changed)),
    revision,
  };
}

/** Keeps a session as it is from now on. */
export function keepSession(turn: Turn, session: Session): void {
  const { id, player, device, world, openedMs, kept } = session;
  const body = keptBytes(kept);
  turn.keepSession(id, session);
  turn.write(
    turn.db
      .insertInto("session")
      .values({ id, player, device, world, opened_ms: openedMs, body })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ body })),
  );
}
