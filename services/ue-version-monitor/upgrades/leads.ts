import { comparePrecedence } from "@orrery/engine-version";
import type { Version } from "@orrery/schema/engine/v1";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import type { Turn } from "../keep/turn.ts";
import { textOf } from "../sightings/newest.ts";
import { mustSighting } from "../sightings/must.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { readSubject } from "../subjects/state.ts";

/**
 * The version in use, which another one is to follow.
 * @throws ENGINE_UNKNOWN_VERSION; ENGINE_STATE_CONFLICT where the other is withdrawn, or lies not beyond it
 */
export async function mustLead(
  { db }: Pick<Turn, "db">,
  file: SubjectFile,
  to: string,
): Promise<Version | undefined> {
  const refuse = (given: string): never => {
    throw new OrreryError(engineErrors.ENGINE_STATE_CONFLICT, { given });
  };
  const sighting = await mustSighting(db, file.id, to);
  const { current } = await readSubject(db, file);
  const version = textOf(sighting);
  if (sighting.withdrawn) refuse(`${file.id} ${version} is withdrawn`);
  if (current !== undefined && comparePrecedence(version, current.text) <= 0)
    refuse(`${file.id} ${version} is not beyond ${current.text}, which is in use`);
  return current;
}
