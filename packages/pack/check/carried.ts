import type { Report } from "../problem.ts";
import { packErrors } from "../errors.ts";
import { didYouMean } from "../nearest.ts";
import type { PartFiles, Parts } from "../parts.ts";

type ActivityText = Parts["activities"]["activities"][number];

/** What steps of plans take must be had somewhere: a tool that only itself can make is had by nobody. */
export function checkCarried(
  activities: readonly ActivityText[],
  file: PartFiles["activities"],
  report: Report,
): void {
  const given = new Set(activities.flatMap(({ leaves }) => Object.keys(leaves)));
  const had = whatCanBeHad(activities);
  activities.forEach(({ says, at, planned, takes }, i) => {
    const add = (key: readonly (string | number)[], what: string, remedy: string) =>
      report.add(packErrors.PACK_SOCIETY, file, ["activities", i, ...key], what, remedy);
    if (!planned && at === "someone")
      add(["at"], `"${says}" is done with someone, whom only a goal can name`, "Say `planned: true`");
    if (!planned && Object.keys(takes).length > 0)
      add(["takes"], `"${says}" takes what only a plan sees to`, "Say `planned: true`");
    for (const name of Object.keys(takes)) {
      if (!given.has(name)) {
        const hint = didYouMean(name, given, `Say of an activity that it \`leaves: { ${name}: 1 }\``);
        add(["takes", name], `"${says}" takes "${name}", and nothing leaves any`, hint);
      } else if (!had.has(name))
        add(
          ["takes", name],
          `"${says}" takes "${name}", and whatever leaves any takes what cannot be had without it`,
          `Let one activity leave "${name}" that takes nothing of the kind`,
        );
    }
  });
}

function whatCanBeHad(activities: readonly ActivityText[]): ReadonlySet<string> {
  const had = new Set<string>();
  for (let before = -1; before < had.size; ) {
    before = had.size;
    for (const { takes, leaves } of activities)
      if (Object.keys(takes).every((name) => had.has(name)))
        for (const name of Object.keys(leaves)) had.add(name);
  }
  return had;
}
