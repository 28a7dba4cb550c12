import { createWorld } from "./create-world.ts";
import { endWorld } from "./end-world.ts";
import { getWorldRecord } from "./get-record.ts";
import { putPackPart } from "./put-part.ts";
import { revisePack } from "./revise-pack.ts";

export const recordCalls = { putPackPart, createWorld, revisePack, endWorld, getWorldRecord };
