import { OrreryError } from "@orrery/wire";
import { npcErrors } from "../errors.ts";

/** Kind and name: what is not of this land has ids too, a beast say. */
const ID = /^[a-z][a-z_]{0,31}:\S{1,160}$/;
const SHOWN = 40;

/** Ids that stand in memories and in what is told for as long as these last. Empty: nobody. @throws NPC_WHO */
export function checkWho(...ids: readonly string[]): void {
  for (const id of ids)
    if (id !== "" && !ID.test(id)) throw new OrreryError(npcErrors.NPC_WHO, { given: id.slice(0, SHOWN) });
}
