import { lacksMembers } from "../members/mod.ts";
import { dyingMembers } from "./f01-killed.ts";
import type { Fault } from "./fault.ts";

const NTH = 5;

export const unsettled: Fault = {
  id: "F14",
  title: "a consumer killed between its handler's success and the acknowledgement",
  lacks: lacksMembers,
  run: (scene) => dyingMembers(scene, "before settling", NTH),
};
