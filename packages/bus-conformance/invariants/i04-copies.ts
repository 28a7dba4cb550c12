import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const GROUPS = 3;
const MEMBERS = 4;
/** Members that have just joined may need a moment for their share. */
const ROUNDS = 20;
const PAUSE_MS = 50;

export const copies: Invariant = {
  id: "I4",
  title: "each subscription gets its own full copy, its members share one",
  async run(scene) {
    const count = scene.load(5_000);
    const members = await Promise.all(Array.from({ length: MEMBERS }, () => scene.bus()));
    const ids = Array.from({ length: GROUPS }, (_, group) => `conformance/group-${group}`);
    for (const [m, bus] of members.entries()) {
      for (const id of ids) await scene.read(bus, `member-${m}`, { id, order: "none", prefetch: 4 }).ready;
    }
    const [writer] = members;
    const sharing = () =>
      new Set(scene.ledger.entries.map((entry) => `${entry.subscription} ${entry.member}`)).size;
    for (
      let round = 0;
      writer !== undefined && (round === 0 || (round < ROUNDS && sharing() < GROUPS * 2));
      round++
    ) {
      await scene.write(writer, { writer: 1, first: 1 + round * count, count, frameBytes: 1_024 });
      const total = (round + 1) * count;
      await scene.until("every group has its copy", () =>
        ids.every((id) => scene.ledger.handledBy(id) >= total),
      );
      await scene.clock.sleep(PAUSE_MS);
    }
    for (const id of ids) {
      const { lost, overlapping } = scene.ledger.judge(id);
      demand(lost.length === 0, `${id} lost ${lost.length}`);
      scene.demandNoDoubles(id, "events handled by two members");
      demand(overlapping.length === 0, `${id}: ${overlapping.length} ran twice at once`);
    }
    demand(sharing() >= GROUPS * 2, "only one member of a group ever got anything");
    return { published: scene.ledger.published, groups: GROUPS, members: MEMBERS, sharing: sharing() };
  },
};
