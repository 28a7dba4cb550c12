import { comparePrecedence } from "@orrery/engine-version";
import { Announcement, type Missing, type Sighting, SightingSchema } from "@orrery/schema/engine/v1";
import { create } from "@bufbuild/protobuf";
import { newestIn, textOf } from "./newest.ts";
import type { Told } from "./sort.ts";
import { versionMessage } from "./version.ts";

/** What is missing for so long, over two whole readings, is gone. */
export const GONE_MS = 3_600_000;

/** A source, as it was just read. */
export interface ReadSource {
  readonly sourceId: string;
  readonly subjectId: string;
  /** It lists all that there is. */
  readonly whole: boolean;
  /** Nobody has read it before: what it says of the past is no news. */
  readonly first: boolean;
  readonly nowMs: number;
  /** Whether a source lists all that there is, as far as it goes. */
  isWhole(sourceId: string): boolean;
}

/** What a reading changes. */
export interface Decided {
  readonly sightings: readonly Sighting[];
  /** Those of them that are said, lowest version first. */
  readonly said: readonly Sighting[];
  /** Those whose notes are new. */
  readonly noted: readonly Told[];
}

/** Holds a reading against what was seen before: the same reading, in whatever order, comes to the same. */
export function decide(
  known: ReadonlyMap<string, Sighting>,
  versions: ReadonlyMap<string, Told>,
  source: ReadSource,
): Decided {
  const changed = new Map<string, Sighting>();
  const said = new Set<string>();
  const noted: Told[] = [];
  const fresh: Sighting[] = [];
  for (const told of versions.values()) {
    const before = known.get(told.version);
    const after = before === undefined ? begun(told, source) : seenAgain(before, told, source);
    if (before === undefined) fresh.push(after);
    if (after === before) continue;
    changed.set(told.version, after);
    if (before !== undefined && after.revision !== before.revision) said.add(told.version);
    if (after.notesSha256 !== (before?.notesSha256 ?? "")) noted.push(told);
  }
  if (source.whole)
    for (const [version, before] of known) {
      if (versions.has(version) || !before.sourceIds.includes(source.sourceId)) continue;
      const after = missed(before, source);
      if (after === before) continue;
      changed.set(version, after);
      if (after.revision !== before.revision) said.add(version);
    }
  const all = new Map([...known, ...changed]);
  for (const one of fresh)
    if (!source.first || newestIn(all.values(), one.channel) === one) said.add(textOf(one));
  const inOrder = [...changed.values()].sort((a, b) => comparePrecedence(textOf(a), textOf(b)));
  return { sightings: inOrder, said: inOrder.filter((one) => said.has(textOf(one))), noted };
}

function begun(told: Told, { sourceId, subjectId, nowMs }: ReadSource): Sighting {
  return create(SightingSchema, {
    subjectId,
    version: versionMessage(told.version),
    channel: told.channel,
    tag: told.tag,
    releasedMs: told.releasedMs,
    sourceIds: [sourceId],
    notesUrl: told.notesUrl,
    notesSha256: told.notesSha256,
    security: told.security,
    revision: 1,
    withdrawn: told.withdrawn,
    toldWithdrawn: told.withdrawn,
    firstSeenMs: nowMs,
    announcement: Announcement.NEW,
    commit: told.commit,
    commitSourceId: told.commit === "" ? "" : sourceId,
  });
}

/** The source that told of a version first has the say of its channel and withdrawal; that it mends security stays said. */
function seenAgain(before: Sighting, told: Told, source: ReadSource): Sighting {
  const { sourceId } = source;
  const isOwner = before.sourceIds[0] === sourceId;
  const isCommitOwner = before.commitSourceId === sourceId && before.tag === told.tag;
  const knowsCommit = told.commit !== "" && (before.commit === "" || isCommitOwner);
  const after: Sighting = {
    ...before,
    channel: isOwner ? told.channel : before.channel,
    sourceIds: before.sourceIds.includes(sourceId) ? before.sourceIds : [...before.sourceIds, sourceId],
    releasedMs: before.releasedMs || told.releasedMs,
    notesUrl: before.notesUrl || told.notesUrl,
    notesSha256: (isOwner && told.notesSha256) || before.notesSha256 || told.notesSha256,
    security: before.security || told.security,
    commit: knowsCommit ? told.commit : before.commit,
    commitSourceId: knowsCommit && before.commit === "" ? sourceId : before.commitSourceId,
    toldWithdrawn: isOwner ? told.withdrawn : before.toldWithdrawn,
    missing: before.missing.filter((one) => one.sourceId !== sourceId),
  };
  const isMoved = before.commit !== "" && after.commit !== before.commit;
  return revised(before, settled(after, source), isMoved);
}

function missed(before: Sighting, source: ReadSource): Sighting {
  const { sourceId, nowMs } = source;
  const mark = before.missing.find((one) => one.sourceId === sourceId);
  if (mark?.confirmed || (mark !== undefined && nowMs - mark.sinceMs < GONE_MS)) return before;
  const now: Missing = {
    $typeName: "engine.v1.Missing",
    sourceId,
    sinceMs: mark?.sinceMs ?? nowMs,
    confirmed: mark !== undefined,
  };
  const missing = [...before.missing.filter((one) => one !== mark), now];
  return revised(before, settled({ ...before, missing }, source), false);
}

/** It is withdrawn where it is said to be, or where no source that lists all there is has it any more. */
function settled(sighting: Sighting, { isWhole }: ReadSource): Sighting {
  const listing = sighting.sourceIds.filter(isWhole);
  const isGone =
    listing.length > 0 &&
    listing.every((id) => sighting.missing.some((one) => one.sourceId === id && one.confirmed));
  return { ...sighting, withdrawn: sighting.toldWithdrawn || isGone };
}

/** @returns the same sighting where nothing is another */
function revised(before: Sighting, after: Sighting, isMoved: boolean): Sighting {
  const isNews =
    isMoved ||
    after.channel !== before.channel ||
    after.security !== before.security ||
    after.withdrawn !== before.withdrawn;
  const isSame =
    !isNews &&
    after.sourceIds.length === before.sourceIds.length &&
    after.releasedMs === before.releasedMs &&
    after.notesUrl === before.notesUrl &&
    after.notesSha256 === before.notesSha256 &&
    after.commit === before.commit &&
    after.toldWithdrawn === before.toldWithdrawn &&
    after.missing.length === before.missing.length &&
    after.missing.every((one, at) => one.confirmed === before.missing[at]?.confirmed);
  if (isSame) return before;
  return isNews ? { ...after, revision: before.revision + 1 } : after;
}
