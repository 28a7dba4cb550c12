import { type Pack, PackPart, type PackSection } from "@orrery/schema/world/v1";
import { packParts, sectionsOf } from "@orrery/service";
import type { InitOf } from "@orrery/wire";

/** Says one part. Its publisher is named by what it says: said again it is the same, whatever was edited meanwhile. */
export type SayPart = (publisher: string, sequence: number, part: InitOf<typeof PackPart>) => Promise<void>;

/**
 * Says what a pack has that its world was not told before, section by section.
 * @param before digests of the sections that it was told last
 * @returns all of its sections, and where each is said
 */
export async function sayPack(
  world: string,
  pack: Pack,
  before: ReadonlySet<string>,
  say: SayPart,
): Promise<InitOf<typeof PackSection>[]> {
  const sections = [];
  for (const { section, digest, bytes } of sectionsOf(pack)) {
    const publisher = `operator/${world}/${section}-${digest.slice(0, 16)}`;
    const parts = packParts(bytes);
    sections.push({ section, digest, bytes: bytes.length, parts: parts.length, publisher, first: 1 });
    if (before.has(digest)) continue;
    for (const [index, part] of parts.entries())
      await say(publisher, index + 1, { digest, section, index, parts: parts.length, bytes: part });
  }
  return sections;
}
