import { CutAsked, ShardService } from "@orrery/schema/simulation/v1";
import type { Kit } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";

/** A state that takes longer to write is begun with as it was before. */
const CUT_MS = 7_000;

/**
 * Has all services write down the state of a world, so that a fork of it begins with that and has little to handle again. Of
 * one that does not answer what it wrote before will do.
 */
export async function cutAll({ directory, service: id, peers, log }: Kit, world: string): Promise<void> {
  const question = encodeBytes(CutAsked, {});
  const asked = peers().flatMap((peer) =>
    peer.aggregates.map(async (aggregate) => {
      const client = directory.clientOf(peer.id, ShardService, { role: "service", id, scopes: [] });
      const request = { worldId: world, aggregate, type: CutAsked.typeName, question };
      await client
        .askShards(request, { timeoutMs: CUT_MS })
        .catch((err: unknown) =>
          log.warn({ err, world, service: peer.id, aggregate }, "its state was not written for the fork"),
        );
    }),
  );
  await Promise.all(asked);
}
