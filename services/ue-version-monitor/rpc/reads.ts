import { comparePrecedence } from "@orrery/engine-version";
import {
  Announcement,
  Channel,
  type ListSightingsRequest,
  type ListSubjectsRequest,
  type Sighting,
} from "@orrery/schema/engine/v1";
import { type Call, pageAsked, pageOf } from "@orrery/service";
import { textOf } from "../sightings/newest.ts";
import { readSightings } from "../sightings/store.ts";
import { subjects } from "../subjects/part.ts";
import type { EngineTables } from "../tables.ts";
import { sourcesOf, subjectFile, subjectView } from "./view.ts";

export const PAGES = { standard: 50, most: 500 };

export async function listSubjects(request: ListSubjectsRequest, { kit }: Call) {
  const files = [...kit.part(subjects).subjects.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = pageOf(files, pageAsked(request, ["subjects"], ["number"], PAGES));
  const shown = await Promise.all(page.items.map((file) => subjectView(kit, file)));
  return { subjects: shown, nextPageToken: page.nextPageToken };
}

export async function getSubject({ subjectId }: { subjectId: string }, { kit }: Call) {
  const file = subjectFile(kit, subjectId);
  return { subject: await subjectView(kit, file), sources: await sourcesOf(kit, file) };
}

/** Newest first by precedence; of several subjects one after the other. */
export async function listSightings(request: ListSightingsRequest, { kit }: Call) {
  const { subjectId, channel, announcement } = request;
  const page = pageAsked(request, ["sightings", subjectId, channel, announcement], ["text", "text"], PAGES);
  const ids =
    subjectId === "" ? [...kit.part(subjects).subjects.keys()].sort() : [subjectFile(kit, subjectId).id];
  const [fromSubject = "", fromVersion] = page.place ?? [];
  const found: Sighting[] = [];
  for (const id of ids) {
    if (id < fromSubject || found.length > page.size) continue;
    const all = [...(await readSightings(kit.store.as<EngineTables>(), id)).values()]
      .filter((one) => channel === Channel.UNSPECIFIED || one.channel === channel)
      .filter((one) => announcement === Announcement.UNSPECIFIED || one.announcement === announcement)
      .sort((a, b) => comparePrecedence(textOf(b), textOf(a)) || (textOf(a) < textOf(b) ? -1 : 1));
    const isHere = id === fromSubject && fromVersion !== undefined;
    found.push(...all.filter((one) => !isHere || comparePrecedence(textOf(one), fromVersion) <= 0));
  }
  const next = found[page.size];
  return {
    sightings: found.slice(0, page.size),
    nextPageToken: page.next(next === undefined ? undefined : [next.subjectId, textOf(next)]),
  };
}
