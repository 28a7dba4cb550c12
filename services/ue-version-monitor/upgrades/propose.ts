import { create } from "@bufbuild/protobuf";
import { Announcement, UpgradeSchema, UpgradeState as S } from "@orrery/schema/engine/v1";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import type { Turn } from "../keep/turn.ts";
import { textOf } from "../sightings/newest.ts";
import { mustSighting } from "../sightings/must.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { advance } from "./advance.ts";
import { mustLead } from "./leads.ts";
import { stateName } from "./machine.ts";
import { activeUpgrades, type UpgradeKept } from "./store.ts";

const refuse = (given: string): never => {
  throw new OrreryError(engineErrors.ENGINE_STATE_CONFLICT, { given });
};

/** @throws ENGINE_UNKNOWN_VERSION, ENGINE_STATE_CONFLICT where another one is under way, or it leads nowhere */
export async function propose(
  turn: Turn,
  file: SubjectFile,
  to: string,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<UpgradeKept> {
  const { db, nowMs } = turn;
  const sighting = await mustSighting(db, file.id, to);
  const version = textOf(sighting);
  const current = await mustLead(turn, file, to);
  const [other] = await activeUpgrades(db, file.id);
  if (other !== undefined)
    refuse(`${other.upgradeId} is ${stateName(other.state)}: one upgrade of a subject at a time`);
  const { count } = await db
    .selectFrom("upgrade")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("subject", "=", file.id)
    .executeTakeFirstOrThrow();
  const begun = create(UpgradeSchema, {
    upgradeId: `${file.id}-${version}-${Number(count) + 1}`,
    subjectId: file.id,
    ...(current !== undefined && { fromVersion: current }),
    ...(sighting.version && { toVersion: sighting.version }),
    state: sighting.announcement === Announcement.NEW ? S.DETECTED : S.ANNOUNCED,
    attempt: 1,
    proposedBy: actor,
    approvalsRequired: file.approvals,
    runner: file.runner,
    suites: file.suites,
    createdMs: nowMs,
    changedMs: nowMs,
  });
  return advance(turn, begun, S.PROPOSED, { actor, reason: reason || `${version} is there` });
}
