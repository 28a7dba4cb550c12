import { comparePrecedence } from "@orrery/engine-version";
import {
  DraftFeature,
  DraftStatus,
  type PromotedFeatureInit,
  UpgradeState as S,
} from "@orrery/schema/engine/v1";
import type { Kysely } from "kysely";
import type { Turn } from "../keep/turn.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { putSubject, readSubject } from "../subjects/state.ts";
import type { EngineTables } from "../tables.ts";
import { advance, type Why } from "./advance.ts";
import type { UpgradeKept } from "./store.ts";

/** The new version is the one in use from here on, and what was approved of it goes out. */
export async function promote(
  turn: Turn,
  file: SubjectFile,
  before: UpgradeKept,
  why: Why,
): Promise<UpgradeKept> {
  const features = await approvedFeatures(turn.db, before);
  const kept = await readSubject(turn.db, file);
  const after = await advance(turn, before, S.PROMOTED, why, features);
  if (before.toVersion !== undefined)
    await putSubject(turn.db, file.id, {
      ...kept,
      current: before.toVersion,
      correctedBy: "",
      correctedWhy: "",
    });
  return after;
}

/** Of the versions after the one in use and up to the new one, in their order; nothing that nobody approved. */
async function approvedFeatures(
  db: Kysely<EngineTables>,
  { subjectId, fromVersion, toVersion }: UpgradeKept,
): Promise<PromotedFeatureInit[]> {
  const rows = await db
    .selectFrom("draft")
    .select("body")
    .where("subject", "=", subjectId)
    .where("status", "=", DraftStatus.APPROVED)
    .execute();
  const to = toVersion?.text ?? "";
  const isBetween = (version: string) =>
    comparePrecedence(version, to) <= 0 &&
    (fromVersion === undefined || comparePrecedence(version, fromVersion.text) > 0);
  return rows
    .map(({ body }) => DraftFeature.decode(body))
    .filter(({ version, featureKey }) => featureKey !== "" && isBetween(version))
    .sort(
      (a, b) =>
        comparePrecedence(a.version, b.version) || a.line - b.line || (a.draftId < b.draftId ? -1 : 1),
    )
    .map(({ featureKey, change, version: since, text: what }) => ({ featureKey, change, since, what }));
}
