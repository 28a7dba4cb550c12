import { create } from "@bufbuild/protobuf";
import { GoneSchema } from "@orrery/schema/world/v1";
import type { RegionsWorld } from "./state.ts";

/** No step comes as late as this. */
const FORGOTTEN_GS = 2 * 86_400;

/**
 * Somebody is no more. Deaths are told in another lane than steps: a step that is heard after its walker's death must not bring them
 * back. What is long gone is forgotten.
 */
export function bury({ gone }: RegionsWorld, npcId: string, atGs: number): void {
  for (const [id, { atGs: wentGs }] of [...gone]) if (wentGs < atGs - FORGOTTEN_GS) gone.remove(id);
  if (!gone.has(npcId)) gone.add(npcId, create(GoneSchema, { atGs }));
}
