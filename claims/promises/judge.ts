import type { Outcome } from "../claim.ts";
import { type Report, runTests } from "../tested.ts";
import type { HeldBy, Promised } from "./promise.ts";

/** Runs every test that a promise names and says which promises do not hold. */
export async function judgePromises(promises: readonly Promised[]): Promise<Outcome> {
  if (promises.length === 0) return { status: "not-run", figure: "no promise is written down" };
  const bare = promises.find(({ heldBy }) => heldBy.length === 0);
  if (bare !== undefined) return { status: "fail", figure: `no test holds ${bare.id}` };
  const twice = promises.find(({ id }, at) => promises.findIndex((other) => other.id === id) !== at);
  if (twice !== undefined) return { status: "fail", figure: `two promises are called ${twice.id}` };
  const reports = await reportsOf(promises.flatMap(({ heldBy }) => heldBy));
  const verdicts = promises.map(({ id, heldBy }) => ({ id, why: whyNot(heldBy, reports) }));
  const broken = verdicts.find(({ why }) => why?.status === "fail");
  if (broken?.why !== undefined) return { status: "fail", figure: `${broken.id}: ${broken.why.figure}` };
  const unseen = verdicts.filter(({ why }) => why !== undefined);
  if (unseen.length > 0)
    return {
      status: "not-run",
      figure: `${unseen.length} of ${promises.length} promises not looked at: ${unseen[0]?.id}, ${unseen[0]?.why?.figure}`,
    };
  const tests = new Set(
    promises.flatMap(({ heldBy }) => heldBy.map(({ file, title }) => `${file} ${title}`)),
  );
  return { status: "pass", figure: `${promises.length} promises, held by ${tests.size} tests` };
}

/** What the suites' runners say when a server or a browser is not installed here. */
const MISSING = /no nats-server[^\n]*|no ministack[^\n]*|no chromium[^\n]*/i;

type Reports = ReadonlyMap<HeldBy["suite"], Report | string>;

async function reportsOf(tests: readonly HeldBy[]): Promise<Reports> {
  const reports = new Map<HeldBy["suite"], Report | string>();
  for (const suite of new Set(tests.map((test) => test.suite))) {
    const files = new Set(tests.filter((test) => test.suite === suite).map(({ file }) => file));
    reports.set(suite, await runTests({ files: [...files], suite }));
  }
  return reports;
}

function whyNot(heldBy: readonly HeldBy[], reports: Reports): Outcome | undefined {
  let unseen: Outcome | undefined;
  for (const { file, title, suite } of heldBy) {
    const report = reports.get(suite);
    if (report === undefined || typeof report === "string")
      return { status: "fail", figure: report ?? "no report" };
    const ran = report.testResults.find(({ name }) => name.endsWith(`/${file}`));
    const missing = MISSING.exec(ran?.message ?? "")?.[0];
    if (missing !== undefined) {
      unseen = { status: "not-run", figure: missing };
      continue;
    }
    const tests = ran?.assertionResults.filter(({ fullName }) => fullName.includes(title)) ?? [];
    const failed = tests.find(({ status }) => status === "failed");
    if (failed !== undefined)
      return { status: "fail", figure: `${failed.fullName}: ${failed.failureMessages[0]?.split("\n")[0]}` };
    if (tests.length === 0) return { status: "fail", figure: `${file} has no test called “${title}”` };
    if (tests.some(({ status }) => status !== "passed"))
      return { status: "fail", figure: `“${title}” was skipped` };
  }
  return unseen;
}
