import type { z } from "zod";
import { packErrors } from "./errors.ts";
import type { Spot } from "./land/geometry.ts";
import { didYouMean } from "./nearest.ts";
import type { Path, Report } from "./problem.ts";
import { activitiesShape } from "./shape/activities.ts";
import { calendarShape } from "./shape/calendar.ts";
import { climatesShape } from "./shape/climate.ts";
import { collectionsShape } from "./shape/collections.ts";
import { economyShape } from "./shape/economy.ts";
import { eventsShape } from "./shape/events.ts";
import { factionsShape } from "./shape/factions.ts";
import { placesShape, regionsShape, reliefShape, roadsShape, watersShape } from "./shape/land.ts";
import { packShape } from "./shape/pack.ts";
import { linesShape, peopleShape, rolesShape, speciesShape } from "./shape/society.ts";
import { thingsShape } from "./shape/things.ts";
import { weatherShape } from "./shape/weather.ts";
import { absentFile, type PackFile, readPackFile } from "./source.ts";

/** The files of a pack and what each must hold. */
export const shapes = {
  pack: packShape,
  calendar: calendarShape,
  regions: regionsShape,
  waters: watersShape,
  roads: roadsShape,
  places: placesShape,
  relief: reliefShape,
  climates: climatesShape,
  weather: weatherShape,
  collections: collectionsShape,
  species: speciesShape,
  activities: activitiesShape,
  roles: rolesShape,
  people: peopleShape,
  economy: economyShape,
  factions: factionsShape,
  events: eventsShape,
  things: thingsShape,
  lines: linesShape,
};
/** Files that a pack may do without. */
const optional: ReadonlySet<string> = new Set([
  "collections",
  "species",
  "activities",
  "roles",
  "people",
  "economy",
  "factions",
  "events",
  "things",
  "lines",
]);

type Shapes = typeof shapes;
export type PartName = keyof Shapes;
export type Parts = { readonly [K in PartName]: z.infer<Shapes[K]> };
export type PartFiles = { readonly [K in PartName]: PackFile };

/** Corners by name: any name may be one, also one that every object answers to. */
export const cornerSpots = ({ corners }: Parts["regions"]): ReadonlyMap<string, Spot> =>
  new Map(Object.entries(corners));

export const partNames = Object.keys(shapes) as PartName[];
export const fileOf = (part: PartName) => `${part}.yaml`;

/** Keys that zod would have taken at a path of a shape. */
function keysAt(shape: z.ZodType, path: Path): string[] {
  let here: unknown = shape;
  for (const step of path) {
    here = unwrap(here);
    const node = here as
      | undefined
      | { shape?: Record<string, unknown>; element?: unknown; valueType?: unknown };
    const named = Object.hasOwn(node?.shape ?? {}, step) ? node?.shape?.[step] : undefined;
    here = named ?? node?.element ?? node?.valueType;
  }
  return Object.keys((unwrap(here) as { shape?: object } | undefined)?.shape ?? {});
}

function unwrap(shape: unknown): unknown {
  let here = shape as { unwrap?: () => unknown; element?: unknown } | undefined;
  while (here !== undefined && typeof here.unwrap === "function" && here.element === undefined)
    here = here.unwrap() as typeof here;
  return here;
}

function noteIssues(
  shape: z.ZodType,
  issues: readonly z.core.$ZodIssue[],
  file: PackFile,
  report: Report,
): void {
  for (const issue of issues) {
    const path = issue.path as (string | number)[];
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(shape, path);
      for (const key of issue.keys) {
        const hint = didYouMean(key, known, `There are ${known.join(", ")}`);
        report.addKey(packErrors.PACK_UNKNOWN_KEY, file, [...path, key], `"${key}" means nothing here`, hint);
      }
    } else {
      const where = path.join(".");
      report.add(packErrors.PACK_SHAPE, file, path, `${where === "" ? "the file" : where}: ${issue.message}`);
    }
  }
}

/** Reads and shapes every file of a pack; mistakes go to the report, and then `parts` is undefined. */
export async function readParts(
  dir: string,
  report: Report,
): Promise<{ files: PartFiles; parts: Parts | undefined }> {
  const files = {} as Record<PartName, PackFile>;
  const parts = {} as Record<PartName, unknown>;
  for (const part of partNames) {
    const name = fileOf(part);
    const read = await readPackFile(dir, name);
    files[part] = absentFile(name);
    if (read === undefined && optional.has(part)) {
      parts[part] = shapes[part].parse({});
    } else if (read === undefined) {
      report.add(packErrors.PACK_FILE_MISSING, files[part], [], `there is no ${name}`);
    } else if (Array.isArray(read)) {
      report.problems.push(...read);
    } else {
      files[part] = read as PackFile;
      const shaped = shapes[part].safeParse((read as PackFile).value);
      if (shaped.success) parts[part] = shaped.data;
      else noteIssues(shapes[part], shaped.error.issues, read as PackFile, report);
    }
  }
  return { files, parts: report.problems.length === 0 ? (parts as Parts) : undefined };
}
