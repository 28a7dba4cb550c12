import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Pack } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { buildPack } from "./build/pack.ts";
import { checkCalendar } from "./check/calendar.ts";
import { checkCollections } from "./check/collections.ts";
import { checkEconomy, checkLivelihood } from "./check/economy.ts";
import { checkEvents } from "./check/events.ts";
import { checkFactions } from "./check/factions.ts";
import { checkIds } from "./check/ids.ts";
import { checkPlaces } from "./check/places.ts";
import { checkReferences } from "./check/references.ts";
import { checkSociety } from "./check/society.ts";
import { checkThings } from "./check/things.ts";
import { checkTiling } from "./check/tiling.ts";
import { checkWater } from "./check/water.ts";
import { checkWeather } from "./check/weather.ts";
import { packErrors } from "./errors.ts";
import { fileOf, type PartFiles, type Parts, readParts } from "./parts.ts";
import { createReport, describeProblem, type Problem, type Report } from "./problem.ts";

export interface ReadPack {
  readonly pack: Pack;
  /** SHA-256 of the pack's bytes, hex: equal exactly when the content is. */
  readonly digest: string;
  readonly byteLength: number;
  /** Where its values stand. */
  readonly files: PartFiles;
}

/** What came of looking at a pack: itself, or what is wrong with it. */
export type PackVerdict =
  | (ReadPack & { readonly problems: readonly [] })
  | { readonly problems: readonly Problem[] };

function check(parts: Parts, files: PartFiles, report: Report): void {
  checkIds(parts, files, report);
  checkReferences(parts, files, report);
  checkCalendar(parts, files, report);
  checkWeather(parts, files, report);
  checkCollections(parts, files, report);
  checkTiling(parts, files, report);
  checkSociety(parts, files, report);
  checkEconomy(parts, files, report);
  checkFactions(parts, files, report);
  checkEvents(parts, files, report);
  checkThings(parts, files, report);
  if (report.problems.length > 0) return;
  checkWater(parts, files, report);
  checkPlaces(parts, files, report);
  if (report.problems.length === 0) checkLivelihood(parts, files, report);
}

/**
 * Reads a pack's folder and says all that is wrong with it.
 * @throws OrreryError PACK_NOT_FOUND
 */
export async function inspectPack(dir: string): Promise<PackVerdict> {
  await stat(join(dir, fileOf("pack"))).catch(({ code }: NodeJS.ErrnoException) => {
    // What is there and cannot be read is a mistake of the pack.
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new OrreryError(packErrors.PACK_NOT_FOUND, { given: dir });
  });
  const report = createReport();
  const { files, parts } = await readParts(dir, report);
  if (parts !== undefined) check(parts, files, report);
  if (parts === undefined || report.problems.length > 0) return { problems: report.problems };
  const { pack, bytes } = buildPack(parts);
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { pack, digest, byteLength: bytes.length, files, problems: [] };
}

/** Every mistake on a line of its own. */
export function packRefused(dir: string, problems: readonly Problem[]): OrreryError {
  const lines = problems.map((problem) => `\n  ${describeProblem(problem)}`).join("");
  return new OrreryError(packErrors.PACK_REFUSED, {
    given: `${dir}, ${problems.length} mistake${problems.length === 1 ? "" : "s"}:${lines}\n`,
  });
}

/**
 * Reads a pack.
 * @throws OrreryError PACK_NOT_FOUND, PACK_REFUSED with every mistake and its place
 */
export async function readPack(dir: string): Promise<ReadPack> {
  const verdict = await inspectPack(dir);
  if ("pack" in verdict) return verdict;
  throw packRefused(dir, verdict.problems);
}
