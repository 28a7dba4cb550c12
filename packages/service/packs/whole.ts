import { Pack, type PackSection } from "@orrery/schema/world/v1";
import { encodeBytes } from "@orrery/wire";

/** Reads a section's bytes, wherever they are kept. */
export type ReadSection = (named: PackSection) => Promise<Uint8Array>;

/** An event that names a pack. */
interface Naming {
  readonly pack?: Pack | undefined;
  readonly sections: readonly PackSection[];
}

/**
 * The pack that an event names, of it the sections that are wanted.
 * @param wanted default: all
 * @returns undefined: it names none
 */
export async function wholePack(
  { pack, sections }: Naming,
  read: ReadSection,
  wanted?: readonly string[],
): Promise<Pack | undefined> {
  const named = sections.filter(({ section }) => wanted?.includes(section) ?? true);
  if (sections.length === 0) return pack;
  const bytes = await Promise.all(named.map(read));
  const own = pack === undefined ? new Uint8Array() : encodeBytes(Pack, pack);
  return Pack.decode(new Uint8Array(Buffer.concat([own, ...bytes])));
}
