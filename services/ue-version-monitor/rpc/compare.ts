import { comparePrecedence } from "@orrery/engine-version";
import { type CompareRequest, DraftFeature } from "@orrery/schema/engine/v1";
import type { Call } from "@orrery/service";
import { mustVersion } from "../sightings/must.ts";
import { newestWanted, textOf } from "../sightings/newest.ts";
import { readSightings } from "../sightings/store.ts";
import { distanceOf } from "../sightings/version.ts";
import { readSubject } from "../subjects/state.ts";
import type { EngineTables } from "../tables.ts";
import { subjectFile } from "./view.ts";

const VERSIONS_MOST = 100;
const DRAFTS_MOST = 500;
const NOTES_MOST = 65_536;

/** What stands between two versions, whichever is the older. */
export async function compare(request: CompareRequest, { kit }: Call) {
  const db = kit.store.as<EngineTables>();
  const file = subjectFile(kit, request.subjectId);
  const { current, channel } = await readSubject(db, file);
  const sightings = await readSightings(db, file.id);
  const newest = newestWanted(sightings.values(), channel);
  const from = request.from === "" ? (current?.text ?? "") : mustVersion(file.id, request.from);
  const to =
    request.to === "" ? (newest === undefined ? "" : textOf(newest)) : mustVersion(file.id, request.to);
  // What is not known of an end is asked for: nothing is put in its place.
  const [a, b] = [from || mustVersion(file.id, request.from), to || mustVersion(file.id, request.to)];
  const [low, high] = comparePrecedence(a, b) <= 0 ? [a, b] : [b, a];
  const between = [...sightings.values()]
    .filter((one) => comparePrecedence(textOf(one), low) > 0 && comparePrecedence(textOf(one), high) <= 0)
    .sort((one, other) => comparePrecedence(textOf(one), textOf(other)));
  const shown = between.slice(-VERSIONS_MOST);
  const versions = shown.map(textOf);
  const rows =
    versions.length === 0
      ? []
      : await db
          .selectFrom("draft")
          .select("body")
          .where("subject", "=", file.id)
          .where("version", "in", versions)
          .execute();
  const notes =
    versions.length === 0
      ? []
      : await db
          .selectFrom("note")
          .select(["version", "text"])
          .where("subject", "=", file.id)
          .where("version", "in", versions)
          .execute();
  const noteOf = new Map(notes.map(({ version, text }) => [version, text]));
  const drafts = rows
    .map(({ body }) => DraftFeature.decode(body))
    .sort(
      (one, other) =>
        one.change - other.change ||
        (one.featureKey < other.featureKey ? -1 : one.featureKey > other.featureKey ? 1 : 0) ||
        comparePrecedence(one.version, other.version) ||
        one.line - other.line,
    );
  let room = NOTES_MOST;
  return {
    from: a,
    to: b,
    distance: distanceOf(b, a),
    versions: shown.map((sighting) => {
      const text = (noteOf.get(textOf(sighting)) ?? "").slice(0, room);
      room -= text.length;
      return { sighting, notes: text };
    }),
    drafts: drafts.slice(0, DRAFTS_MOST),
    cut: between.length > shown.length || drafts.length > DRAFTS_MOST,
  };
}
