import type { PackPart, PackSection } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { KitTables } from "../store/kit-tables.ts";
import type { Store } from "../store/store.ts";
import { digestOf } from "./sections.ts";

/** The sections of packs that a service has heard, each once however many worlds have it. */
export interface KeptSections {
  keep(part: PackPart): Promise<void>;
  /** @throws SERVICE_PACK_MISSING (retryable: it may be on its way), SERVICE_PACK_TORN */
  section(named: Pick<PackSection, "section" | "digest" | "parts">): Promise<Uint8Array>;
  /** Its parts can be brought again. */
  drop(digest: string): Promise<void>;
}

/** By digest, as long as anybody in this process holds it. */
const held = new Map<string, WeakRef<Uint8Array>>();

/** @throws SERVICE_PACK_TORN where these are not the bytes that the digest names */
export function checkSection(
  { section, digest }: Pick<PackSection, "section" | "digest">,
  bytes: Uint8Array,
): void {
  if (digestOf(bytes) !== digest)
    throw new OrreryError(serviceErrors.SERVICE_PACK_TORN, { given: `${section}, ${digest}` });
}

export function keepSections({ as }: Pick<Store, "as">): KeptSections {
  const db = as<KitTables>();
  const known = new Set<string>();

  return {
    async keep({ digest, index, parts, bytes }) {
      const name = `${digest}/${index}`;
      if (known.has(name)) return;
      await db
        .insertInto("pack_part")
        .values({ digest, at: index, parts, bytes })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      known.add(name);
    },
    async section(named) {
      const { section, digest, parts } = named;
      const before = held.get(digest)?.deref();
      if (before !== undefined) return before;
      const rows = await db
        .selectFrom("pack_part")
        .select("bytes")
        .where("digest", "=", digest)
        .orderBy("at")
        .execute();
      if (rows.length !== parts)
        throw new OrreryError(serviceErrors.SERVICE_PACK_MISSING, {
          given: `${rows.length} of ${parts} parts of ${section}, ${digest}`,
        });
      const bytes = new Uint8Array(Buffer.concat(rows.map((row) => row.bytes)));
      checkSection(named, bytes);
      held.set(digest, new WeakRef(bytes));
      return bytes;
    },
    async drop(digest) {
      await db.deleteFrom("pack_part").where("digest", "=", digest).execute();
      for (const name of [...known]) if (name.startsWith(`${digest}/`)) known.delete(name);
    },
  };
}
