import { Manifest, Progress } from "@orrery/schema/simulation/v1";
import { commitTogether, done, type Kit, type KitTables } from "@orrery/service";
import type { Aggregate } from "./aggregate.ts";
import { segmentBytes } from "./segment-bytes.ts";
import { forgetReferences, refer } from "./segment-references.ts";
import { type ReadState, readState } from "./state/read.ts";

/** A parent's last cut, whose segments stay for as long as the fork uses them. */
export interface ParentState {
  /** Of the commit that it was begun with. */
  readonly seq: number;
  read(): Promise<ReadState & { readonly progress: Progress }>;
  /** It is of another moment than the fork's. */
  letGo(): Promise<void>;
}

/** @returns undefined when the parent has none in this store */
export async function holdParent(
  kit: Kit,
  part: string,
  aggregate: Pick<Aggregate, "state" | "earlier">,
  parent: string,
  world: string,
): Promise<ParentState | undefined> {
  const db = kit.store.as<KitTables>();
  const cutOf = () =>
    db.selectFrom("cut").selectAll().where("part", "=", part).where("world", "=", parent).executeTakeFirst();
  for (let cut = await cutOf(); cut !== undefined; ) {
    const manifest = Manifest.decode(cut.manifest);
    await commitTogether(db, done(...refer(db, part, world, parent, manifest)));
    const now = await cutOf();
    // One that was closed meanwhile may have taken some of them away.
    if (now?.seq !== cut.seq) {
      cut = now;
      continue;
    }
    const { seq, progress } = cut;
    return {
      seq: Number(seq),
      async read() {
        for (const use of manifest.segments) {
          if (use.world === "") use.world = parent;
          if (use.parts > 0 && use.toldWorld === "") use.toldWorld = parent;
        }
        const reader = readState(kit.personal, aggregate, manifest);
        for (const use of manifest.segments)
          await reader.add(use, await segmentBytes(kit.store, part, use.world, use.segment));
        return { ...reader.end(), progress: Progress.decode(progress) };
      },
      letGo: () => commitTogether(db, done(forgetReferences(db, part, world))).then(() => undefined),
    };
  }
  return undefined;
}
