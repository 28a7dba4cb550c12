import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DraftStatus,
  SuiteOutcome,
  UpgradeAdvanced,
  UpgradeState as S,
  type UpgradeStep,
} from "@orrery/schema/engine/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stateName } from "../upgrades/machine.ts";
import { fresh, listing, startEngine, TAGS, type TestEngine, watching } from "./engine.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const artefacts = [{ name: "server", sha256: "a".repeat(64) }];
const passed = (...names: string[]) => names.map((name) => ({ name, outcome: SuiteOutcome.PASSED }));

/** What both databases have to do about upgrades. */
export function upgradesSuite(name: string, database: () => Promise<string>): void {
  describe(`upgrades on ${name}`, () => {
    let folder: string;
    let engine: TestEngine;
    const subject = {
      id: "unreal-engine",
      title: "Unreal Engine",
      kind: "engine",
      current: "5.6.1",
      approvals: 1,
      suites: ["smoke", "replication"],
      clients: ["unreal"],
      tags: TAGS,
      features: { nanite_virtualized_geometry: ["nanite"], lumen_global_illumination: ["lumen"] },
      sources: [{ id: "file", kind: "file", url: "feed.yaml" }],
    };
    const begin = async (own: object = {}, entries: readonly object[] = [{ tag: "5.7.0-release" }]) => {
      listing(folder, "feed.yaml", entries);
      engine = await startEngine(await database(), watching(folder, [{ ...subject, ...own }]), fresh());
      await engine.look();
    };
    const propose = async (to = "5.7.0") => {
      const asked = { subjectId: "unreal-engine", to, reason: "it is better", idempotencyKey: engine.key() };
      const { upgrade } = await engine.ada.proposeUpgrade(asked);
      return upgrade?.upgradeId ?? "";
    };
    const report = (upgradeId: string, state: S, rest: object = {}) =>
      engine.ada.reportStep({ upgradeId, state, ok: true, idempotencyKey: engine.key(), ...rest });
    const approve = (upgradeId: string) => engine.ada.approve({ upgradeId, idempotencyKey: engine.key() });
    const stateOf = async (upgradeId: string) => {
      const { upgrade } = await engine.ada.getUpgrade({ upgradeId });
      return stateName(upgrade?.state ?? S.UNSPECIFIED);
    };
    const advanced = () =>
      engine
        .events(UpgradeAdvanced)
        .map((one) => `${stateName(one.previousState)} → ${stateName(one.state)}`);
    const toCanary = async () => {
      const id = await propose();
      await approve(id);
      await engine.look();
      await report(id, S.BUILDING, { artefacts });
      await report(id, S.TESTING, { suites: passed("smoke", "replication") });
      return id;
    };
    /** Sessions of a version that come and go, one after the other. */
    const play = async (engineVersion: string, count: number, faults: number) => {
      engine.later(2 * MINUTE_MS);
      for (let at = 0; at < count; at++) {
        const who = {
          sessionId: `s-${engineVersion}-${at}`,
          playerId: `player:${at}`,
          engine: "unreal",
          engineVersion,
        };
        await engine.tell("router", ClientConnected, { ...who, atMs: engine.kit.hostMs() });
        const fault = at < faults;
        await engine.tell("router", ClientDisconnected, {
          ...who,
          fault,
          durationMs: 0,
          atMs: engine.kit.hostMs(),
        });
      }
    };
    const canaryOf = async (id: string) => (await engine.ada.getUpgrade({ upgradeId: id })).upgrade?.canary;
    const current = async () => {
      const { subject: shown } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
      return shown?.current?.text;
    };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "orrery-engine-"));
    });
    afterEach(async () => {
      await engine?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("walks step by step to a version that is in use, and says each step once, in order", async () => {
      await begin();
      const id = await toCanary();
      expect(await current()).toBe("5.6.1");
      await report(id, S.CANARY, { reason: "nobody plays yet" });
      expect(await current()).toBe("5.7.0");
      engine = await engine.restart();
      await engine.look();
      expect(advanced()).toEqual([
        "announced → proposed",
        "proposed → approved",
        "approved → building",
        "building → testing",
        "testing → canary",
        "canary → promoted",
      ]);
      const { steps, upgrade } = await engine.ada.getUpgrade({ upgradeId: id });
      expect(steps.map((step: UpgradeStep) => step.state)).toEqual(
        engine.events(UpgradeAdvanced).map((event) => event.state),
      );
      expect(upgrade).toMatchObject({ state: S.PROMOTED, moves: [] });
    });

    it("needs as many people as its subject says, of whom the proposer is not the only one, and nobody counts twice", async () => {
      await begin({ approvals: 2 });
      const id = await propose();
      expect((await approve(id)).upgrade?.state).toBe(S.PROPOSED);
      await expect(approve(id)).rejects.toThrow(/ENGINE_APPROVAL_NEEDED.*ada has approved/);
      await engine.look();
      expect(await stateOf(id)).toBe("proposed");
      await engine.bob.approve({ upgradeId: id, idempotencyKey: engine.key() });
      await engine.look();
      expect(await stateOf(id)).toBe("building");
    });

    it("takes no step out of its turn, says which there are, and counts reports that come too late", async () => {
      await begin();
      const id = await propose();
      await expect(report(id, S.BUILDING, { artefacts })).rejects.toThrow(
        /ENGINE_STATE_CONFLICT.*is proposed.*approve, reject, cancel/,
      );
      await approve(id);
      await engine.look();
      await expect(report(id, S.TESTING)).rejects.toThrow(/ENGINE_STATE_CONFLICT/);
      await expect(report(id, S.BUILDING)).rejects.toThrow(/ENGINE_REPORT.*artefact/);
      await report(id, S.BUILDING, { artefacts });
      await expect(report(id, S.BUILDING, { artefacts })).rejects.toThrow(/ENGINE_STATE_CONFLICT/);
      expect((await engine.ada.getUpgrade({ upgradeId: id })).upgrade?.lateReports).toBe(3);
      await expect(engine.ada.getUpgrade({ upgradeId: "constructor" })).rejects.toThrow(
        /ENGINE_UNKNOWN_UPGRADE/,
      );
    });

    it("counts a suite that was skipped or is not named as failed, and can be tried again five times in all", async () => {
      await begin();
      const id = await propose();
      await approve(id);
      for (let attempt = 1; attempt <= 5; attempt++) {
        await engine.look();
        expect((await engine.ada.getUpgrade({ upgradeId: id })).upgrade?.attempt).toBe(attempt);
        await report(id, S.BUILDING, { artefacts });
        const skipped = { name: "replication", outcome: SuiteOutcome.SKIPPED };
        const suites = attempt % 2 === 0 ? passed("smoke") : [...passed("smoke"), skipped];
        const { upgrade } = await report(id, S.TESTING, { suites });
        expect(upgrade?.state).toBe(S.FAILED);
        if (attempt < 5) await engine.ada.retry({ upgradeId: id, idempotencyKey: engine.key() });
      }
      await expect(engine.ada.retry({ upgradeId: id, idempotencyKey: engine.key() })).rejects.toThrow(
        /ENGINE_STATE_CONFLICT/,
      );
      const last = engine.events(UpgradeAdvanced).at(-1);
      expect(last).toMatchObject({ state: S.FAILED, reason: "not passed: replication", attempt: 5 });
    });

    it("has one upgrade of a subject under way, and only to what was seen and lies ahead", async () => {
      await begin({}, [{ tag: "5.7.0-release" }, { tag: "5.8.0-release" }, { tag: "5.5.0-release" }]);
      const id = await propose();
      await expect(propose("5.8.0")).rejects.toThrow(/ENGINE_STATE_CONFLICT.*one upgrade of a subject/);
      await engine.ada.reject({ upgradeId: id, reason: "not now", idempotencyKey: engine.key() });
      await expect(propose("5.5.0")).rejects.toThrow(/ENGINE_STATE_CONFLICT.*not beyond 5.6.1/);
      await expect(propose("5.9.0")).rejects.toThrow(/ENGINE_UNKNOWN_VERSION/);
      const second = await propose("5.8.0");
      await engine.ada.cancel({ upgradeId: second, reason: "", idempotencyKey: engine.key() });
      expect(await stateOf(second)).toBe("cancelled");
    });

    it("goes nowhere back: what failed is not tried again once something newer is in use", async () => {
      await begin({}, [{ tag: "5.7.0-release" }, { tag: "5.8.0-release" }]);
      const first = await propose("5.7.0");
      await approve(first);
      await engine.look();
      await report(first, S.BUILDING, { ok: false, reason: "it does not build" });
      expect(await stateOf(first)).toBe("failed");
      await engine.ada.correctSubject({
        ...{ subjectId: "unreal-engine", current: "5.8.0", reason: "by hand", idempotencyKey: engine.key() },
      });
      await expect(engine.ada.retry({ upgradeId: first, idempotencyKey: engine.key() })).rejects.toThrow(
        /ENGINE_STATE_CONFLICT.*5.7.0 is not beyond 5.8.0/,
      );
    });

    it("does the same call under the same key once", async () => {
      await begin();
      const asked = { subjectId: "unreal-engine", to: "5.7.0", reason: "", idempotencyKey: "the-same-key" };
      const first = await engine.ada.proposeUpgrade(asked);
      expect(await engine.ada.proposeUpgrade(asked)).toEqual(first);
      engine = await engine.restart();
      expect(await engine.ada.proposeUpgrade(asked)).toEqual(first);
      await expect(engine.ada.proposeUpgrade({ ...asked, to: "5.8.0" })).rejects.toThrow(
        /RPC_IDEMPOTENCY_REUSED/,
      );
      expect(advanced()).toEqual(["announced → proposed"]);
    });

    it("promotes a canary by its sessions, once fifty have ended no worse than those of the old version", async () => {
      await begin();
      const id = await toCanary();
      await play("5.6.1-1234+++UE5+Release-5.6", 40, 4);
      await play("5.7.0-5678+++UE5+Release-5.7", 49, 5);
      await engine.until(async () => (await canaryOf(id))?.sessions === 49);
      await engine.look();
      expect(await stateOf(id)).toBe("canary");
      await play("5.7.0", 1, 0);
      await engine.until(async () => {
        await engine.look();
        return (await stateOf(id)) === "promoted";
      });
      expect(engine.events(UpgradeAdvanced).at(-1)?.reason).toMatch(/5 of 50 .* 4 of 40: a ratio of 1\.00/);
      expect(await current()).toBe("5.7.0");
    });

    it("rolls a canary back that drops twice as often, once its runner says that the old version serves", async () => {
      await begin();
      const id = await toCanary();
      await play("5.6.1", 50, 5);
      await play("5.7.0", 50, 10);
      await engine.until(async () => {
        await engine.look();
        return ((await engine.ada.getUpgrade({ upgradeId: id })).upgrade?.rollingBack ?? "") !== "";
      });
      expect(await stateOf(id)).toBe("canary");
      await expect(report(id, S.CANARY, { reason: "I like it" })).rejects.toThrow(/ENGINE_STATE_CONFLICT/);
      await report(id, S.ROLLED_BACK);
      const last = engine.events(UpgradeAdvanced).at(-1);
      expect(last).toMatchObject({ state: S.ROLLED_BACK, features: [] });
      expect(last?.reason).toMatch(/10 of 50 .* a ratio of 2\.00, at most 1\.5/);
      expect(await current()).toBe("5.6.1");
    });

    it("fails a step that takes too long, whatever the host's clock is set to meanwhile", async () => {
      await begin();
      const id = await propose();
      await approve(id);
      await engine.look();
      engine.setHost(30 * HOUR_MS);
      await engine.look();
      await engine.look();
      expect(await stateOf(id)).toBe("building");
      engine.later(2 * HOUR_MS + MINUTE_MS);
      await engine.look();
      expect(await stateOf(id)).toBe("failed");
      expect(engine.events(UpgradeAdvanced).at(-1)?.reason).toMatch(/building took longer/);
    });

    it("sends the features that somebody approved of the versions in between, and no others", async () => {
      await begin({}, [
        { tag: "5.6.1-release" },
        { tag: "5.6.2-release", notes: "- Improves Lumen reflections" },
        {
          tag: "5.7.0-release",
          notes: "- Adds Nanite foliage\n- Removes Lumen screen traces\n- Adds a new sky",
        },
        { tag: "5.8.0-release", notes: "- Deprecates Nanite tessellation" },
      ]);
      const { drafts } = await engine.ada.listDrafts({ subjectId: "unreal-engine" });
      expect(drafts).toHaveLength(5);
      const review = (evidence: string, approved: boolean, rest: object = {}) =>
        engine.ada.reviewDraft({
          draftId: drafts.find((draft) => draft.evidence === evidence)?.draftId ?? "",
          approve: approved,
          idempotencyKey: engine.key(),
          ...rest,
        });
      await review("- Improves Lumen reflections", true, { text: "clearer reflections" });
      await review("- Adds Nanite foliage", true);
      await review("- Removes Lumen screen traces", false);
      await review("- Deprecates Nanite tessellation", true);
      await expect(review("- Adds a new sky", true)).rejects.toThrow(/RPC_FIELD_INVALID.*feature_key/);
      const { drafts: approved } = await engine.ada.listDrafts({
        subjectId: "unreal-engine",
        status: DraftStatus.APPROVED,
      });
      expect(approved.every(({ reviewer }) => reviewer === "admin:ada")).toBe(true);
      const id = await toCanary();
      await report(id, S.CANARY, { reason: "enough" });
      const features = engine.events(UpgradeAdvanced).at(-1)?.features ?? [];
      expect(features.map(({ featureKey, since, what }) => `${since} ${featureKey}: ${what}`)).toEqual([
        "5.6.2 lumen_global_illumination: clearer reflections",
        "5.7.0 nanite_virtualized_geometry: Adds Nanite foliage",
      ]);
    });

    it("takes a person's word only where a person is asked, and a runner's only with the token of its job", async () => {
      await begin({ runner: "http" });
      const id = await propose();
      await approve(id);
      await engine.look();
      expect(await stateOf(id)).toBe("failed");
      expect(engine.events(UpgradeAdvanced).at(-1)?.reason).toMatch(/ENGINE_RUNNER_REJECTED.*JOBS_URL/);
      await expect(report(id, S.BUILDING, { artefacts })).rejects.toThrow(/ENGINE_JOB_TOKEN/);
      await expect(report(id, S.BUILDING, { artefacts, jobToken: "00".repeat(32) })).rejects.toThrow(
        /ENGINE_JOB_TOKEN/,
      );
    });
  });
}
