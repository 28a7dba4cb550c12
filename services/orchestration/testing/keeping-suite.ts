import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { ExecutionStatus, UndoStatus } from "@orrery/schema/orchestration/v1";
import { fingerprint } from "@orrery/schema/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Definition } from "../engine/mod.ts";
import { startHosted } from "./hosted.ts";
import { approved, four } from "./workflows.ts";

const DAY_MS = 86_400_000;

/** What both databases hold. */
export function keepingSuite(name: string, database: (folder: string) => Promise<string>): void {
  describe(name, () => {
    let folder: string;
    let url: string;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "orrery-orchestration-"));
      url = await database(folder);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("gives an undo up after a day as stuck, with a notice; an operator tries it again, or does it by hand", async () => {
      const own = await startHosted(url);
      own.target.goes((call) =>
        call.startsWith("hold one/c") ? "no" : call.startsWith("release") ? "busy" : "ok",
      );
      await own.start("four", "one");
      await own.until(() => own.target.calls.some((call) => call === "release one/b..."));
      own.later(DAY_MS);
      await own.until(() => own.target.calls.some((call) => call === "release one/a..."));
      own.later(DAY_MS);
      await own.until(async () => (await own.get("one")).status === ExecutionStatus.COMPENSATED);
      expect((await own.get("one")).stuck).toEqual(["a", "b"]);
      expect(
        (await own.flows.list({ stuckOnly: true })).executions.map(({ executionId }) => executionId),
      ).toEqual(["one"]);

      own.target.goes(() => "ok");
      const of = { executionId: "one", item: "" };
      await own.flows.retryStep({ ...of, stepId: "b", idempotencyKey: "again-by-ada" });
      await own.until(() => own.target.effects.includes("release one/b..."));
      await own.flows.skipStep({ ...of, stepId: "a", reason: "by hand", idempotencyKey: "by-hand-ada" });
      const { steps, stuck, status } = await own.get("one");
      expect([status, stuck]).toEqual([ExecutionStatus.COMPENSATED, []]);
      expect(steps.slice(0, 2).map(({ undo }) => undo)).toEqual([UndoStatus.DONE, UndoStatus.DONE]);
      expect((await own.flows.replay({ executionId: "one" })).differsAt).toBe(0);
      await own.stop();
    });

    it("goes on after a stop where it was, and asks again under the same key what had no answer", async () => {
      const first = await startHosted(url);
      first.target.goes((call) => (call.startsWith("hold one/b") ? "hang" : "ok"));
      await first.start("four", "one");
      await first.start("approved", "two");
      await first.until(() => first.target.calls.includes("hold one/b..."));
      await first.stop();

      const second = await startHosted(url, undefined, first.target);
      second.target.goes(() => "ok");
      await second.until(async () => (await second.get("one")).status === ExecutionStatus.COMPLETED);
      expect(second.target.calls.filter((call) => call === "hold one/b...")).toHaveLength(2);
      expect(second.target.calls.filter((call) => call === "hold one/a...")).toHaveLength(1);
      expect((await second.get("two")).waitsFor).toContain("a yes of an operator");
      await second.stop();
    });

    it("is kept by one process at a time, and by the other when that is gone", async () => {
      const first = await startHosted(url, undefined, undefined, "one");
      const second = await startHosted(url, undefined, undefined, "two");
      await first.start("approved", "one");
      expect(await second.code(second.start("four", "other"))).toBe("SERVICE_NOT_READY");
      expect((await second.get("one")).status).toBe(ExecutionStatus.RUNNING);
      await first.stop();
      await second.until(async () => (await second.code(second.start("four", "other"))) === "");
      await second.flows.signal({
        executionId: "one",
        name: "yes",
        approved: true,
        idempotencyKey: "yes-by-ada",
      });
      await second.until(async () => (await second.get("one")).status === ExecutionStatus.COMPLETED);
      await second.stop();
    });

    it("refuses to start with a definition that has run and was changed, or that is gone while something is open", async () => {
      const file = join(folder, "workflow.ts");
      const write = (code: string) => writeFileSync(file, code);
      const as = (definition: Definition, version: number): Definition => ({
        ...definition,
        module: pathToFileURL(file).href,
        version,
      });
      write("export const terms = { tries: 1 };");
      const first = await startHosted(url, [as(approved, 1), four]);
      await first.start("approved", "one");
      await first.stop();

      const problem = async (definitions: readonly Definition[]) => {
        const own = await startHosted(url, definitions);
        const why = await own.code(own.start("four", "any"));
        const [found] = own.host.services().filter(({ definition: { id } }) => id === "orchestration");
        const said = JSON.stringify(await found?.report());
        await own.stop();
        return `${why} ${said}`;
      };
      write("/** What is said of it. */\nexport   const terms: { readonly tries: number } = { tries: 1 };");
      expect(await problem([as(approved, 1), four])).toMatch(/^ /);
      write("export const terms = { tries: 2 };");
      expect(await problem([as(approved, 1), four])).toMatch(
        /SERVICE_FAILED.*ORCH_VERSION_CHANGED.*approved v1 has run and was changed/,
      );
      expect(await problem([four])).toMatch(/approved v1 is gone, and 1 of it are open/);
      write("export const terms = { tries: 1 };");
      const last = await startHosted(url, [as(approved, 1), as(approved, 2), four]);
      await last.flows.signal({
        executionId: "one",
        name: "yes",
        approved: true,
        idempotencyKey: "yes-by-ada",
      });
      await last.until(async () => (await last.get("one")).status === ExecutionStatus.COMPLETED);
      expect((await last.start("approved", "new")).execution?.workflowVersion).toBe(2);
      await last.stop();
      expect(await problem([as(approved, 2), four])).toMatch(/^ /);
    });

    it("puts nobody in the place of a player who is erased, also in what ends later", async () => {
      const own = await startHosted(url);
      await own.start("four", "done");
      await own.start("approved", "open");
      await own.until(async () => (await own.get("done")).status === ExecutionStatus.COMPLETED);
      const bus = own.host.surroundings.bus.publisher({ source: "event-bus", world: "w", fingerprint });
      await bus.publish(SubjectErased, { subject: "player:bo", by: "admin:ada" });
      await bus.flush();
      await own.until(async () => (await own.get("done")).ownerId === "player:erased");
      expect((await own.flows.history({ executionId: "done" })).lines).toEqual([]);
      expect((await own.get("open")).ownerId).toBe("player:bo");
      await own.flows.cancel({ executionId: "open", reason: "-", idempotencyKey: "cancel-open" });
      await own.until(async () => (await own.get("open")).status === ExecutionStatus.COMPENSATED);
      await bus.publish(SubjectErased, { subject: "player:bo", by: "admin:ada" });
      await bus.flush();
      await own.until(async () => (await own.get("open")).ownerId === "player:erased");
      await own.stop();
    });
  });
}
