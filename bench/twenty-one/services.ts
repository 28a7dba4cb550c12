import { domainOfId } from "@orrery/cli/run/scaffold/domain.ts";
import { TO_COME } from "@orrery/cli/run/scaffold/names.testing.ts";
import type { Wanted } from "@orrery/cli/run/scaffold/wanted.ts";

/** Those to come that keep a state of each world; the others keep one for all of them. */
const OF_WORLDS = [
  ...["quest-system", "language-system"],
  ...["story-teller", "storyteller", "environmental-narrative"],
];

/** The services that are not built yet, as the scaffold writes them with all that it can write. */
export const TO_BUILD: readonly Wanted[] = Object.entries(TO_COME).map(([id, domain]) => {
  const of = OF_WORLDS.includes(id) ? "world" : "platform";
  return { id, domain: domain ?? domainOfId(id), of, rpc: true, snapshot: of === "world" };
});
