import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@orrery/client";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Copy, copyOfRepository } from "./copy.testing.ts";
import { stepsOf } from "./page.testing.ts";

let copy: Copy;
beforeAll(() => (copy = copyOfRepository()));
afterAll(() => copy.remove());

/** Everything but types, of which only what is new is looked at: all of them take as long as everything else. */
const CHECKS = ["lint", "walls between rooms", "contracts: lint", "unused code", "formatting"];

/** Runs what the page says, by the programs of the copy. */
function run(command: string): void {
  if (command !== "npm run -s check")
    return void copy.run("bash", "-c", `PATH=node_modules/.bin:$PATH ${command}`);
  copy.node("tools/check.ts", ...CHECKS);
  copy.node("tools/types.ts", "services/ferry-manager");
}

const world = () => copy.start("start", "--no-console", "--rate", "7200");

/** What a client learns that comes now, and looks at one region. */
async function opening(url: string): Promise<string[]> {
  const client = await connect({ url, world: "hollowmere" });
  const seen = client.subscribe({ regions: ["region:mereshore"], types: ["ferry.*"] });
  const events = await seen.snapshot;
  client.close();
  return events.map(({ type, key }) => `${type} ${key}`);
}

/** The next ferry that puts out. */
async function crossing(url: string) {
  const given = ["bus", "tail", "--url", url, "--type", "ferry.v1.FerryChanged", "--count", "1", "--json"];
  let event: { readonly says: string; readonly ordinal: number } | undefined;
  await vi.waitUntil(() => (event = JSON.parse(copy.orrery(...given)))?.says.includes("puts out"), {
    timeout: 60_000,
    interval: 10,
  });
  return event as NonNullable<typeof event>;
}

it("docs/first-service.md leads a stranger to a service that lives, and past a change of its code", async () => {
  // A world that lived before the service did.
  await world();
  await copy.stop();
  let url = "";
  let before = 0;
  for (const step of stepsOf("docs/first-service.md")) {
    const path = (file: string) => join(copy.root, file);
    if (step.do === "write") writeFileSync(path(step.file), step.text);
    else if (step.do === "run") run(step.command);
    else if (step.do === "begin") {
      url = await world();
      before = (await crossing(url)).ordinal;
      expect(await opening(url)).toEqual(["ferry.v1.FerryChanged ferry:mereshore"]);
      const replayed = copy.orrery("world", "replay", "--url", url, "--service", "ferry-manager", "--json");
      expect(replayed).toMatch(/"PASS"/);
      const authorization = `Bearer ${readFileSync(path(".orrery/router/admin-secret"), "utf8").trim()}`;
      const answer = await fetch(new URL("/metrics", url), { headers: { authorization } });
      const measures = await answer.text();
      expect(measures).toMatch(/orrery_ferries_at_sea\{service="ferry-manager",world="hollowmere"\} \d/);
      expect(measures).toMatch(/orrery_effects_total\{.*effect="windAsked",outcome="answered"\} [1-9]/);
    } else {
      const source = readFileSync(path(step.file), "utf8");
      expect(source.split(step.from)).toHaveLength(2);
      writeFileSync(path(step.file), source.replace(step.from, step.to));
      await copy.stop();
      url = await world();
      expect((await fetch(new URL("/readyz", url))).status).toBe(200);
      expect((await crossing(url)).ordinal).toBeGreaterThan(before);
    }
  }
  await copy.stop();
  const touched = copy.changes().map((line) => line.slice(3));
  expect(touched.filter((file) => !/^(services\/ferry-manager|schema\/orrery\/ferry)\//.test(file))).toEqual([
    "package-lock.json",
  ]);
});
