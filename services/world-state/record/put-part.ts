import type { PutPackPartRequest } from "@orrery/schema/world/v1";
import { type Call, PART_BYTES } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { record } from "./record.ts";

const DIGEST = /^[0-9a-f]{64}$/;
const SECTION = /^[a-z_]{1,64}$/;
/** Of a section: 64 MiB. */
export const MOST_PARTS = 512;

/** Keeps a piece of a pack until a world names it. @throws WORLD_PACK_PART */
export async function putPackPart({ part }: PutPackPartRequest, call: Call) {
  const wrong = part === undefined ? "none" : wrongIn(part);
  if (part === undefined || wrong !== undefined)
    throw new OrreryError(worldStateErrors.WORLD_PACK_PART, { given: wrong ?? "none" });
  await call.part(record).sections.keep(part);
  return {};
}

function wrongIn({
  digest,
  section,
  index,
  parts,
  bytes,
}: NonNullable<PutPackPartRequest["part"]>): string | undefined {
  if (!DIGEST.test(digest)) return `digest ${digest.slice(0, 80)}`;
  if (!SECTION.test(section)) return `section ${section.slice(0, 80)}`;
  if (parts > MOST_PARTS || index >= parts) return `part ${index} of ${parts}`;
  return bytes.length === 0 || bytes.length > PART_BYTES ? `${bytes.length} bytes` : undefined;
}
