import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@orrery/client";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ROOT } from "../root.ts";
import { startInstance } from "./instance.ts";

let data: string;
let instance: Awaited<ReturnType<typeof startInstance>>;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "orrery-by-hand-"));
  const worlds = [{ id: "vale", pack: "hollowmere", seed: "s", rate: 60 }];
  instance = await startInstance({
    ...{ data, port: 0, worlds, databaseUrl: undefined, consoleFolder: "", logLevel: "silent" },
  });
}, 60_000);
afterAll(async () => {
  await instance?.stop();
  rmSync(data, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stderr: string;
  readonly stdout: string;
  /** JSON lines of what it printed. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}
/** The program, as an operator runs it. */
const orrery = (...args: string[]) =>
  new Promise<Ran>((resolve) => {
    const own = ["--data", data, "--url", instance.host.url ?? "", "--world", "vale"];
    execFile(process.execPath, [join(ROOT, "apps/cli/main.ts"), ...args, ...own], (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
      const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stderr, stdout, rows });
    });
  });

it("weather that is ordered stands in the list until it is cleared, and is not cleared twice", async () => {
  const regions = ["region:silverdale", "region:market-vale"];
  const { code, rows } = await orrery("weather", "order", "storm", ...regions, "--for", "6h", "--json");
  expect([code, rows.map(({ region }) => region)]).toEqual([0, regions]);
  const [first, second] = rows.map(({ order }) => String(order)) as [string, string];
  const listed = await orrery("weather", "orders", "--json");
  expect(listed.rows).toMatchObject([
    { order: first, region: regions[0], condition: "storm", reason: "ordered by hand" },
    { order: second, region: regions[1], condition: "storm" },
  ]);
  expect((await orrery("weather", "clear", first, "--json")).rows).toEqual([{ cleared: 1 }]);
  const again = await orrery("weather", "clear", first, second);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("orrery weather orders")]);
  expect((await orrery("weather", "orders", "--json")).rows).toEqual([]);
  const unknown = await orrery("weather", "order", "storm", "region:constructor");
  expect(unknown).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/WORLD_UNKNOWN_REGION.*region:constructor/),
  });
}, 60_000);

it("a fire frightens those who are near; what one has done is gone around, and who believes what can be asked", async () => {
  const people = () => orrery("people", "ls", "--region", "region:market-vale", "--json");
  const some = await vi.waitUntil(
    async () => {
      const { rows } = await people();
      return rows.length > 3 && rows;
    },
    { timeout: 20_000, interval: 200 },
  );
  const place = String(some.find((one) => !String(one["place"]).startsWith("to "))?.["place"]);
  const { stdout } = await orrery("people", "frighten", place, "--kind", "beast", "--intensity", "1");
  expect(stdout).toMatch(/\b(flee|fight|cower|goes on)\b/);
  expect(stdout).toMatch(/^[1-9]\d* noticed it\.$/m);
  const nowhere = await orrery("people", "frighten", "place:constructor");
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("NPC_PLACE_UNKNOWN") });
  expect(await orrery("people", "frighten", place, "--reach", "0")).toMatchObject({ code: 2 });

  const { stdout: nothing } = await orrery("people", "rumours", "player:nobody");
  expect(nothing).toBe("Nothing goes around about it.\n");
  const npcId = String(some[0]?.["id"]);
  for (const asked of ["believes", "wants"]) {
    expect(await orrery("people", asked, npcId, "--json")).toMatchObject({ code: 0 });
    const nobody = await orrery("people", asked, "npc:constructor");
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining("NPC_UNKNOWN") });
  }
}, 60_000);

it("who is connected is listed, and sent away once with a word", async () => {
  const guest = await connect({ url: instance.host.url ?? "", world: "vale" });
  const ended = (async () => {
    for await (const status of guest.statuses()) if (status.state === "closed") return JSON.stringify(status);
    return "";
  })();
  const { rows } = await orrery("sessions", "ls", "--json");
  expect(rows).toMatchObject([{ world: "vale", unread: 0 }]);
  const session = String(rows[0]?.["session"]);
  const kicked = await orrery("sessions", "kick", session, "--note", "The tavern is closed", "--json");
  expect([kicked.code, kicked.rows]).toEqual([0, [{ session, kicked: true }]]);
  expect(await ended).toContain("The tavern is closed");
  expect((await orrery("sessions", "kick", session)).code).toBe(1);
  expect((await orrery("sessions", "ls", "--json")).rows).toEqual([]);
}, 60_000);
