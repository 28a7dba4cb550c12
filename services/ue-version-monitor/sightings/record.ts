import { create } from "@bufbuild/protobuf";
import { comparePrecedence } from "@orrery/engine-version";
import { MovingBranchSchema, type Sighting, VersionDetected } from "@orrery/schema/engine/v1";
import { recordDrafts } from "../drafts/record.ts";
import type { Turn } from "../keep/turn.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { type Kept, readSubject } from "../subjects/state.ts";
import { announced } from "./announce.ts";
import { decide, type ReadSource } from "./decide.ts";
import type { Entry } from "./entry.ts";
import { textOf } from "./newest.ts";
import { type Sorted, sortEntries } from "./sort.ts";
import { putBranch, putNotes, putSightings, readBranches, readSightings } from "./store.ts";
import { distanceOf } from "./version.ts";

/** Notes of one version, characters; what is behind is left out. */
const NOTES_MOST = 262_144;

/** What a reading came to. */
export interface Recorded {
  readonly changed: boolean;
  readonly unparsed: number;
  readonly sightings: ReadonlyMap<string, Sighting>;
  /** Of which somebody is to be told. */
  readonly announced: readonly Sighting[];
}

/** Writes down what a source told, and says what is new of it. */
export async function record(
  turn: Turn,
  file: SubjectFile,
  source: ReadSource,
  entries: readonly Entry[],
): Promise<Recorded> {
  const { db } = turn;
  const sorted = sortEntries(file, entries);
  const kept = await readSubject(db, file);
  const known = await readSightings(db, file.id);
  const { sightings, said, noted } = decide(known, sorted.versions, source);
  const now = new Map([...known, ...sightings.map((one) => [textOf(one), one] as const)]);
  const news = announced(kept, said);
  for (const one of news) now.set(textOf(one), one);
  await putSightings(
    db,
    sightings.map((one) => now.get(textOf(one)) ?? one),
  );
  for (const told of noted) {
    const notes = told.notes.slice(0, NOTES_MOST);
    await putNotes(db, file.id, told.version, notes);
    if (isAhead(kept, told.version)) await recordDrafts(turn, file, told.version, notes);
  }
  for (const one of said) say(turn, kept, source.sourceId, one);
  const moved = await recordBranches(turn, file.id, sorted.branches);
  return {
    changed: sightings.length > 0 || moved,
    unparsed: sorted.unparsed,
    sightings: now,
    announced: news.filter(({ announcement }) => announcement !== 0),
  };
}

const isAhead = ({ current }: Kept, version: string): boolean =>
  current === undefined || comparePrecedence(version, current.text) > 0;

function say(turn: Turn, { current }: Kept, sourceId: string, one: Sighting): void {
  const { subjectId, tag, notesUrl, channel, security, withdrawn, releasedMs, firstSeenMs, revision } = one;
  turn.emit(
    VersionDetected,
    {
      ...{
        subjectId,
        sourceId,
        tag,
        notesUrl,
        channel,
        security,
        withdrawn,
        releasedMs,
        firstSeenMs,
        revision,
      },
      version: one.version,
      ...(current !== undefined && { current }),
      distance: distanceOf(textOf(one), current?.text),
    },
    subjectId,
  );
}

/** @returns whether one of them moved */
async function recordBranches(turn: Turn, subjectId: string, branches: Sorted["branches"]): Promise<boolean> {
  if (branches.length === 0) return false;
  const known = new Map((await readBranches(turn.db, subjectId)).map((one) => [one.name, one]));
  let isMoved = false;
  for (const { branch: name, series = "", commit } of branches) {
    const before = known.get(name);
    if (before !== undefined && (commit === "" || commit === before.commit)) continue;
    const moves = before === undefined || before.commit === "" ? (before?.moves ?? 0) : before.moves + 1;
    const after = create(MovingBranchSchema, { name, series, commit, moves, seenMs: turn.nowMs });
    await putBranch(turn.db, subjectId, after);
    known.set(name, after);
    isMoved = true;
  }
  return isMoved;
}
