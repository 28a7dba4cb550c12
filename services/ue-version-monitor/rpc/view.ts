import {
  Channel,
  Distance,
  type Sighting,
  type Source,
  SourceKind,
  SourceStatus,
  type SubjectInit,
  SubjectKind,
} from "@orrery/schema/engine/v1";
import type { Kit } from "@orrery/service";
import type { Config } from "../config.ts";
import { described, readSources } from "../polling/store.ts";
import { newestIn, newestWanted, textOf } from "../sightings/newest.ts";
import { readBranches, readSightings } from "../sightings/store.ts";
import { distanceOf } from "../sightings/version.ts";
import { subjects } from "../subjects/part.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { readSubject } from "../subjects/state.ts";
import type { EngineTables } from "../tables.ts";

const KINDS: Readonly<Record<SubjectFile["kind"], SubjectKind>> = {
  engine: SubjectKind.ENGINE,
  runtime: SubjectKind.RUNTIME,
  library: SubjectKind.LIBRARY,
  client: SubjectKind.CLIENT,
};

/** Sources of a subject as they stand; also those that nobody has read yet. */
export async function sourcesOf(kit: Kit, file: SubjectFile): Promise<Source[]> {
  const rows = await readSources(kit.store.as<EngineTables>(), file.id);
  const { live } = kit.config as Config;
  return file.sources.map((source) =>
    described({ ...source, subjectId: file.id }, rows.get(source.id), live),
  );
}

/**
 * When all that is read was last truly read, Unix ms. 0: of some source nobody knows what it holds, and so nobody knows
 * what is newest. A source that is pushed counts where there is no other.
 */
export function lastRead(sources: readonly Source[]): number {
  const on = sources.filter(({ status }) => status !== SourceStatus.DISABLED);
  const polled = on.filter(({ kind }) => kind !== SourceKind.PUSH);
  const counted = polled.length > 0 ? polled : on;
  return counted.length === 0 ? 0 : Math.min(...counted.map(({ lastOkMs }) => lastOkMs));
}

export async function subjectView(kit: Kit, file: SubjectFile): Promise<SubjectInit> {
  const db = kit.store.as<EngineTables>();
  const [kept, sightings, branches, sources] = await Promise.all([
    readSubject(db, file),
    readSightings(db, file.id),
    readBranches(db, file.id),
    sourcesOf(kit, file),
  ]);
  const { current, channel, ignored, correctedBy, correctedWhy } = kept;
  const all: readonly Sighting[] = [...sightings.values()];
  const newest = newestWanted(all, channel);
  const named = (one: Sighting | undefined, as: string) => one?.version && { [as]: one.version };
  return {
    subjectId: file.id,
    title: file.title,
    kind: KINDS[file.kind],
    ...(current !== undefined && { current }),
    ...{ channel, ignored, correctedBy, correctedWhy, branches },
    approvalsRequired: file.approvals,
    runner: file.runner,
    suites: file.suites,
    ...named(newestIn(all, Channel.STABLE), "newestStable"),
    ...named(newestIn(all, Channel.PREVIEW), "newestPreview"),
    ...named(newestIn(all, Channel.NIGHTLY), "newestNightly"),
    ...named(newest, "newest"),
    distance: newest === undefined ? Distance.UNSPECIFIED : distanceOf(textOf(newest), current?.text),
    lastOkMs: lastRead(sources),
  };
}

export const subjectFile = (kit: Kit, subjectId: string): SubjectFile => kit.part(subjects).must(subjectId);
