import { DeleteSlotResponse } from "@orrery/schema/state/v1";
import type { Job } from "../write/job.ts";
import { dropPins } from "./slot-store.ts";

export function deleteSlotJob(
  world: string,
  player: string,
  name: string,
  answer: Pick<Job, "answer">,
): Job<typeof DeleteSlotResponse> {
  let deleted = false;
  return {
    owner: player,
    yields: false,
    needs: { refs: [] },
    ...answer,
    reply: DeleteSlotResponse,
    async prepare(tx) {
      const { numDeletedRows } = await tx
        .deleteFrom("slot")
        .where("world", "=", world)
        .where("player", "=", player)
        .where("name", "=", name)
        .executeTakeFirst();
      deleted = Number(numDeletedRows) > 0;
      await dropPins(tx, world, player, name);
    },
    apply: () => ({ deleted }),
  };
}
