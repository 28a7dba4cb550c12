import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Copy, copyOfRepository } from "./copy.testing.ts";
import { oddNames, TO_COME } from "./names.testing.ts";
import { checkNewService, placeForNew } from "./new-service.ts";
import { capital, type Wanted } from "./wanted.ts";

const ID = "tide-manager";
let copy: Copy;
beforeAll(() => (copy = copyOfRepository()));
afterEach(() => copy.stop());
afterAll(() => copy.remove());

const tail = (url: string, type: string) =>
  JSON.parse(copy.orrery("bus", "tail", "--url", url, "--type", type, "--count", "1", "--json"));
const exists = (file: string) => copy.changes().some((line) => line.includes(file));

/** What a service of the platform says each minute is said every few seconds: nobody waits for a minute. */
function hasten({ id, domain }: Pick<Wanted, "id" | "domain">): void {
  const file = join(copy.root, `services/${id}/${domain}.ts`);
  const source = readFileSync(file, "utf8");
  const hastened = source.replace("MINUTE_MS = 60_000;", "MINUTE_MS = 4_000;");
  expect(hastened).not.toBe(source);
  writeFileSync(file, hastened);
}

describe("orrery new service, where it fails", () => {
  it.each([
    [["--platform", "--snapshot"], /CLI_BAD_ARGUMENT.*--snapshot with --platform/],
    [["--platform", "--world"], /'--world' cannot be used with.*'--platform'/],
  ])("refuses %j before anything is written", (flags, words) => {
    const { status, words: said } = copy.refused({}, "new", "service", "moon-watcher", ...flags);
    expect(said).toMatch(words);
    expect(status).toBe(2);
    expect(copy.changes()).toEqual([]);
  });

  it("takes away again what does not load, and says why", () => {
    const { status, words } = copy.refused({ MOON_WATCHER_PHASE: "full" }, "new", "service", "moon-watcher");
    expect(words).toMatch(/CLI_NEW_FAILED[^]*loading it[^]*SERVICE_CONFIG_UNKNOWN.*MOON_WATCHER_PHASE/);
    expect(status).toBe(1);
    expect(copy.changes()).toEqual([]);
    copy.node("tools/generate.ts", "--check");
  });
});

describe("orrery new service", () => {
  it("gives a service whose tests pass and whose event is on the stream, and a lockfile that holds", async () => {
    const files = copy.orrery("new", "service", ID, "--rpc", "--snapshot").trim().split("\n");
    for (const file of files) expect(exists(dirname(file)), file).toBe(true);
    copy.node("node_modules/vitest/vitest.mjs", "run", `services/${ID}`);
    const url = await copy.start("start", "--no-console", "--rate", "3600");
    expect(tail(url, "tide.*")).toMatchObject({ type: "tide.v1.TideChanged" });
    await copy.stop();
    const lock = JSON.parse(readFileSync(join(copy.root, "package-lock.json"), "utf8"));
    expect(lock.packages[`node_modules/@orrery/${ID}`]).toEqual({ resolved: `services/${ID}`, link: true });
    // npm itself finds nothing to change: what it would install is what stands there.
    copy.run("npm", "ci", "--dry-run", "--ignore-scripts", "--offline");
  });

  it("of the platform gives one whose tests pass, and whose event is said in the platform", async () => {
    const id = "notice-board";
    copy.orrery("new", "service", id, "--platform", "--rpc");
    copy.node("node_modules/vitest/vitest.mjs", "run", `services/${id}`);
    hasten({ id, domain: "notice" });
    const url = await copy.start("start", "--no-console");
    const asked = ["--url", url, "--world", "platform", "--type", "notice.*", "--count", "1", "--json"];
    expect(JSON.parse(copy.orrery("bus", "tail", ...asked))).toMatchObject({
      type: "notice.v1.NoticeChanged",
    });
  });

  it("is given another event, which the contract then has; one that cannot be is taken out again", () => {
    const file = "schema/orrery/tide/v1/events.proto";
    expect(copy.orrery("new", "event", ID, "FloodTideBegan").trim()).toBe(file);
    expect(readFileSync(join(copy.root, file), "utf8")).toContain("message FloodTideBegan {");
    const { status, words } = copy.refused({}, "new", "event", ID, "TideChangedView");
    expect(words).toMatch(/CLI_NEW_FAILED[^]*TideChangedView in code/);
    expect(status).toBe(1);
    expect(readFileSync(join(copy.root, file), "utf8")).not.toContain("TideChangedView");
    copy.node("tools/generate.ts", "--check");
  });

  it("is taken up by `orrery dev` when it is edited, while the world keeps its state", async () => {
    const url = await copy.start("dev");
    const before = tail(url, "tide.*");
    const file = join(copy.root, `services/${ID}/tide.ts`);
    const source = readFileSync(file, "utf8");
    // What the hour says, not what the beginning did.
    const edited = source.replace(/level: root\.level (\}\);\n\s+\}\))/, "level: -root.level $1");
    expect(edited).not.toBe(source);
    writeFileSync(file, edited);
    await vi.waitUntil(() => tail(url, "tide.*").says.includes("-"), { timeout: 60_000, interval: 500 });
    const after = tail(url, "tide.*");
    expect(after.ordinal).toBeGreaterThan(before.ordinal);
    expect(after.atGs).toBeGreaterThan(before.atGs);
  });
});

/** How many are tried at once: those to come and some that nobody would think of. */
const TRIED = 20;
const CHECKS = ["lint", "walls between rooms", "contracts: lint", "unused code", "formatting"];

describe("services of every name that is taken", () => {
  /** The first of these names that may stand one beside the other, each with other flags than the one before. */
  function chosen() {
    const place = { ...placeForNew(), services: [ID], domains: ["tide", ...placeForNew().domains] };
    const found: Wanted[] = [];
    for (const [id, given] of [
      ...Object.entries(TO_COME),
      ...oddNames(2, 100).map((id) => [id, undefined] as const),
    ]) {
      if (found.length === TRIED) break;
      try {
        const domain = checkNewService(id, given, {
          ...place,
          services: [...place.services, ...placeForNew().services],
        });
        place.services.push(id);
        place.domains.push(domain);
        const at = found.length;
        // One in four keeps a state of the platform.
        const of = at % 4 === 3 ? "platform" : "world";
        found.push({
          id,
          domain,
          of,
          rpc: at % 2 === 0 || at === 3,
          snapshot: at % 3 === 0 && of === "world",
        });
      } catch {
        continue;
      }
    }
    return found;
  }

  it("stand together: the checks of the repository hold, they start, and each says its event", async () => {
    const services = chosen();
    expect(services.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(TO_COME)));
    expect(services).toHaveLength(TRIED);
    copy.write(services);
    // Of types only what is new is looked at: all of them take as long as everything else.
    copy.node("tools/types.ts", ...services.map(({ id }) => `services/${id}`));
    copy.node("tools/check.ts", ...CHECKS);
    for (const service of services) if (service.of === "platform") hasten(service);
    const url = await copy.start("start", "--no-console", "--rate", "3600");
    await vi.waitFor(
      async () => {
        const answer = await fetch(new URL("/readyz", url));
        expect([answer.status, answer.ok ? "" : await answer.text()]).toEqual([200, ""]);
      },
      { timeout: 60_000, interval: 500 },
    );
    const said = new Set<string>();
    const listen = (world: string, count: number) => {
      const given = ["bus", "tail", "--url", url, "--world", world, "--count", String(count), "--json"];
      for (const line of copy
        .orrery(...given)
        .trim()
        .split("\n"))
        said.add(JSON.parse(line).type);
    };
    for (const [world, count] of [
      ["hollowmere", 200],
      // An event of each, and the record of what it took in.
      ["platform", services.filter(({ of }) => of === "platform").length * 2],
    ] as const)
      await vi.waitUntil(
        () => {
          listen(world, count);
          return services
            .filter(({ of }) => (of === "platform") === (world === "platform"))
            .every(({ domain }) => said.has(`${domain}.v1.${capital(domain)}Changed`));
        },
        { timeout: 150_000, interval: 500 },
      );
  });
});

describe("orrery new world", () => {
  it("gives a pack whose world has weather at the next start", async () => {
    expect(copy.orrery("new", "world", "low-fen").trim().split("\n")).toHaveLength(9);
    const own = ["--no-console", "--rate", "3600", "--world", "fen", "--pack", "low-fen"];
    const url = await copy.start("start", ...own);
    const now = () =>
      copy.orrery("weather", "now", "--url", url, "--world", "fen", "--json").trim().split("\n");
    await vi.waitUntil(() => now().length === 4, { timeout: 20_000, interval: 500 });
  });
});
