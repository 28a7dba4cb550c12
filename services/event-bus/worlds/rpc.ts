import { WorldService } from "@orrery/schema/bus/v1";
import { ForkedFrom } from "@orrery/schema/world/v1";
import { serve } from "@orrery/service";
import { journal } from "../journal/part.ts";
import { diff } from "./diff.ts";
import { archive, remove } from "./end.ts";
import { ends } from "./ends.ts";
import { fork } from "./fork.ts";
import { listRetention } from "../retention/list.ts";
import { keeping } from "../retention/part.ts";
import { listPins, pin, unpin } from "./pins.ts";
import { shardHistory } from "./shard-history.ts";
import { unseen } from "./unseen.ts";
import { verify } from "./verify.ts";

export const worldsRpc = serve(WorldService, {
  fork: (request, call) => fork(request, call),
  archive: (request, call) => archive(request, call),
  delete: (request, call) => remove(request, call),
  diff: (request, call) => diff(request, call),
  listForks: (_request, call) => ({
    forks: call
      .part(journal)
      .forks.list()
      .map(({ world, parent, position, at_gs, made_ms, said }) => ({
        worldId: world,
        parent,
        position,
        atGs: at_gs,
        madeMs: made_ms,
        drop: ForkedFrom.decode(said).drop,
      })),
    ended: [...call.part(ends).list()].map(([worldId, { deleted, atGs, atMs }]) => ({
      worldId,
      deleted,
      atGs,
      endedMs: atMs,
    })),
  }),
  pin: (request, call) => pin(request, call),
  unpin: ({ pinId }, call) => unpin(pinId, call),
  listPins: (_request, call) => listPins(call),
  async prune({ dryRun = true }, call) {
    return { dryRun, ...(await call.part(keeping).prune(dryRun)) };
  },
  listRetention: (request, call) => listRetention(request, call),
  verify: (request, call) => verify(request, call),
  shardHistory: (request, call) => shardHistory(request, call),
  unseen: (request, call) => unseen(request, call),
});
