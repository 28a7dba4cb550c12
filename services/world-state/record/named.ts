import { PackPart, type PackSection, type PackSectionInit } from "@orrery/schema/world/v1";
import { type Call, errorCodeOf, packParts, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { MOST_PARTS } from "./put-part.ts";
import { frameOf, record, type Said } from "./record.ts";

export interface Named {
  /** With where they are said. */
  readonly sections: PackSectionInit[];
  /** What says those that the world has not been told. */
  readonly frames: readonly Uint8Array[];
}

/**
 * The sections that a world is to be made of. Where one is said follows from what it holds: said again it is the same.
 * @param told those that it was told before: they are where they were
 * @throws WORLD_PACK_UNSAID
 */
export async function named(
  asked: readonly Pick<PackSection, "section" | "digest" | "parts">[],
  { world, timeMs }: Pick<Said, "world" | "timeMs">,
  told: readonly PackSectionInit[],
  call: Call,
): Promise<Named> {
  const { kit } = call;
  const sections: PackSectionInit[] = [];
  const frames: Uint8Array[] = [];
  for (const one of asked) {
    const { section, digest } = one;
    const before = told.find((known) => known.section === section && known.digest === digest);
    if (before !== undefined) {
      sections.push(before);
      continue;
    }
    const bytes = await wholeOf(one, call);
    const parts = packParts(bytes);
    const publisher = `${kit.service}/${world}/${section}-${digest.slice(0, 16)}`;
    sections.push({ section, digest, bytes: bytes.length, parts: parts.length, publisher, first: 1 });
    for (const [index, part] of parts.entries())
      frames.push(
        frameOf(kit, { world, publisher, sequence: index + 1, timeMs }, PackPart, {
          ...{ digest, section, index, parts: parts.length },
          bytes: part,
        }),
      );
  }
  return { sections, frames };
}

async function wholeOf(
  one: Pick<PackSection, "section" | "digest" | "parts">,
  call: Call,
): Promise<Uint8Array> {
  const { sections } = call.part(record);
  const unsaid = () =>
    new OrreryError(worldStateErrors.WORLD_PACK_UNSAID, {
      given: `${one.section.slice(0, 64)}, ${one.digest.slice(0, 64)}`,
    });
  if (one.parts < 1 || one.parts > MOST_PARTS) throw unsaid();
  try {
    return await sections.section(one);
  } catch (error) {
    const code = errorCodeOf(error);
    // It is brought again from the beginning.
    if (code === serviceErrors.SERVICE_PACK_TORN.code) await sections.drop(one.digest);
    else if (code !== serviceErrors.SERVICE_PACK_MISSING.code) throw error;
    throw unsaid();
  }
}
