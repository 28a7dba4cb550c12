import type { BatchGetRequest, BatchGetResponse } from "@orrery/schema/state/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { getOne } from "../read/get-one.ts";

const MOST = 100;

export async function batchGet(
  request: BatchGetRequest,
  call: Call,
): Promise<InitOf<typeof BatchGetResponse>> {
  const { ids, minSeqs, ...rest } = request;
  if (ids.length > MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${ids.length} identities, at most ${MOST}`,
    });
  const minSeqOf = (collection: string) => minSeqs.find((mark) => mark.collection === collection)?.seq ?? 0;
  const answers = await Promise.all(
    ids.map((id) => getOne({ ...rest, id, minSeq: minSeqOf(id.collection) }, call)),
  );
  const seqs = new Map(
    answers.map(({ object, seq }) => [
      `${object?.worldId} ${object?.id?.collection}`,
      { worldId: object?.worldId, collection: object?.id?.collection, seq },
    ]),
  );
  return {
    objects: answers.map(({ object }) => object ?? {}),
    seqs: [...seqs.values()],
    staleSinceMs: answers.find(({ staleSinceMs }) => staleSinceMs !== undefined)?.staleSinceMs,
  };
}
