import type { Pack, PackSectionInit, WorldService } from "@orrery/schema/world/v1";
import { packParts, sectionsOf } from "@orrery/service";
import type { Client } from "@connectrpc/connect";

/**
 * Brings what of a pack is not known, section by section, in pieces that any broker carries.
 * @param known digests of sections that were brought before
 * @returns all of its sections, to be named
 */
export async function putPack(
  records: Pick<Client<typeof WorldService>, "putPackPart">,
  pack: Pack,
  known: readonly string[],
): Promise<PackSectionInit[]> {
  const sections: PackSectionInit[] = [];
  for (const { section, digest, bytes } of sectionsOf(pack)) {
    const parts = packParts(bytes);
    sections.push({ section, digest, bytes: bytes.length, parts: parts.length });
    if (known.includes(digest)) continue;
    for (const [index, part] of parts.entries())
      await records.putPackPart({ part: { digest, section, index, parts: parts.length, bytes: part } });
  }
  return sections;
}
