import { PackRevised, type PackSection, WorldCreated } from "@orrery/schema/world/v1";
import { wholePack } from "@orrery/service";
import { type Codec, encodeBytes } from "@orrery/wire";

/*
 * What a world is made of is told ahead of it, in sections. A record names them, and a handler is given them: live from what
 * its service keeps, in a replay from the journal.
 */

/** Reads a section that an event names. @param world in whose journal the event is */
export type SectionOf = (named: PackSection, world: string) => Promise<Uint8Array>;

/** An event that names a pack, with the sections in it that are read; undefined: it names none. */
export async function withPack(
  type: string,
  payload: Uint8Array,
  world: string,
  section: SectionOf,
  reads: readonly string[] | undefined,
): Promise<Uint8Array | undefined> {
  const codec = NAMING.find(({ typeName }) => typeName === type) as Codec<Naming> | undefined;
  if (codec === undefined) return undefined;
  const event = codec.decode(payload);
  if (event.sections.length === 0) return undefined;
  const pack = await wholePack(event, (named) => section(named, world), reads);
  return encodeBytes(codec, { ...event, pack });
}

type Naming = WorldCreated | PackRevised;
const NAMING = [WorldCreated, PackRevised] as const;

/** Whether any of these types names a pack. */
export const namesPack = (types: readonly string[]): boolean =>
  NAMING.some(({ typeName }) => types.includes(typeName));
