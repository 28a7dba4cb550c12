import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Announcement, Channel, CheckResult, Distance, VersionDetected } from "@orrery/schema/engine/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fresh, listing, startEngine, TAGS, type TestEngine, watching } from "./engine.ts";

const HOUR_MS = 3_600_000;

/** What both databases have to do about versions. */
export function sightingsSuite(name: string, database: () => Promise<string>): void {
  describe(`versions on ${name}`, () => {
    let folder: string;
    let engine: TestEngine;
    const subject = {
      id: "unreal-engine",
      title: "Unreal Engine",
      kind: "engine",
      current: "5.6.1",
      clients: ["unreal"],
      tags: TAGS,
      sources: [
        { id: "file", kind: "file", url: "feed.yaml" },
        { id: "pushed", kind: "push", secret_env: "TEST_HOOK_SECRET" },
      ],
    };
    const begin = async (entries: readonly object[], own: object = {}) => {
      listing(folder, "feed.yaml", entries);
      engine = await startEngine(await database(), watching(folder, [{ ...subject, ...own }]), fresh());
      await engine.look();
    };
    const reread = async (entries: readonly object[]) => {
      listing(folder, "feed.yaml", entries);
      engine.later(2 * HOUR_MS);
      await engine.look();
    };
    const tags = (...names: string[]) => names.map((tag) => ({ tag }));
    const said = () =>
      engine.events(VersionDetected).map(({ version, revision }) => `${version?.text} r${revision}`);
    const announced = async () => {
      const { sightings } = await engine.ada.listSightings({ announcement: Announcement.ANNOUNCED });
      return sightings.map(({ version }) => version?.text);
    };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "orrery-engine-"));
    });
    afterEach(async () => {
      await engine?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("says the newest of a first reading once, over restarts and checks without end", async () => {
      await begin(tags("5.5.4-release", "5.7.0-release", "5.6.1-release"));
      expect(said()).toEqual(["5.7.0 r1"]);
      for (let restarts = 0; restarts < 3; restarts++) engine = await engine.restart();
      for (let checks = 0; checks < 10; checks++) {
        await engine.ada.checkNow({ idempotencyKey: engine.key() });
        engine.later(61_000);
      }
      await engine.look();
      expect(said()).toEqual(["5.7.0 r1"]);
      const [event] = engine.events(VersionDetected);
      expect(event).toMatchObject({
        tag: "5.7.0-release",
        channel: Channel.STABLE,
        distance: Distance.MINOR,
      });
      expect(event?.current?.text).toBe("5.6.1");
    });

    it("says what comes later each once, in whatever order it is listed, and orders by precedence", async () => {
      await begin(tags("5.6.0-release", "5.6.1-release"));
      await reread(
        tags("5.7.0-release", "5.6.0-release", "5.6.10-release", "5.6.1-release", "5.7.0-preview-2"),
      );
      await reread(
        tags("5.6.10-release", "5.7.0-preview-2", "5.7.0-release", "5.6.1-release", "5.6.0-release"),
      );
      expect(said()).toEqual(["5.6.1 r1", "5.6.10 r1", "5.7.0-preview.2 r1", "5.7.0 r1"]);
      const { sightings } = await engine.ada.listSightings({});
      expect(sightings.map(({ version }) => version?.text)).toEqual([
        ...["5.7.0", "5.7.0-preview.2", "5.6.10", "5.6.1", "5.6.0"],
      ]);
    });

    it("announces the highest stable, and the preview once previews are wanted", async () => {
      await begin(
        tags("5.8.0-preview-1", "5.6.1-release", "5.7.0-preview-3", "5.7.1-release", "5.7.0-release"),
      );
      expect(await announced()).toEqual(["5.7.1"]);
      const { subject: shown } = await engine.ada.correctSubject({
        subjectId: "unreal-engine",
        channel: Channel.PREVIEW,
        reason: "we try what comes",
        idempotencyKey: engine.key(),
      });
      expect(shown?.newest?.text).toBe("5.8.0-preview.1");
      expect(await announced()).toEqual(["5.8.0-preview.1", "5.7.1"]);
      expect(said()).toEqual(["5.7.1 r1", "5.8.0-preview.1 r1"]);
    });

    it("invents no version: what no pattern knows is counted, and names of objects are names", async () => {
      await begin(tags("5.7.0-release", "latest", "constructor", "__proto__", "5.x", "5.6.1-releas", "v5"));
      const { sources } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
      expect(sources[0]).toMatchObject({ sourceId: "file", unparsed: 6 });
      expect(said()).toEqual(["5.7.0 r1"]);
    });

    it("says again with another revision when what it is changes, and never for anything else", async () => {
      await begin(tags("5.7.0-release"));
      await reread([{ tag: "5.7.0-release", security: true }]);
      await reread([{ tag: "5.7.0-release", security: true, notes_url: "https://example.org/notes" }]);
      await reread([{ tag: "5.7.0-release", security: true, withdrawn: true }]);
      expect(said()).toEqual(["5.7.0 r1", "5.7.0 r2", "5.7.0 r3"]);
      expect(engine.events(VersionDetected)[2]).toMatchObject({ security: true, withdrawn: true });
      const { subject: shown } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
      expect(shown?.newest).toBeUndefined();
    });

    it("says a tag that was moved to another commit again, and follows a branch by its commits alone", async () => {
      const [a, b] = ["a".repeat(40), "b".repeat(40)];
      await begin([
        { tag: "5.7.0-release", commit: a },
        { tag: "4.27-plus", commit: a },
      ]);
      await reread([
        { tag: "4.27-plus", commit: b },
        { tag: "5.7.0-release", commit: b },
      ]);
      expect(said()).toEqual(["5.7.0 r1", "5.7.0 r2"]);
      const { subject: shown } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
      expect(shown?.branches).toMatchObject([{ name: "4.27-plus", series: "4.27", commit: b, moves: 1 }]);
    });

    it("takes a tag for gone only when it is missing twice, an hour apart, and back when it is there again", async () => {
      await begin(tags("5.7.0-release", "5.6.1-release"));
      await reread(tags("5.6.1-release"));
      expect(said()).toEqual(["5.7.0 r1"]);
      // The file is the same: that it is missing still is seen all the same.
      engine.later(2 * HOUR_MS);
      await engine.look();
      expect(said()).toEqual(["5.7.0 r1", "5.7.0 r2"]);
      expect(engine.events(VersionDetected)[1]?.withdrawn).toBe(true);
      await reread(tags("5.7.0-release", "5.6.1-release"));
      expect(engine.events(VersionDetected)[2]).toMatchObject({ withdrawn: false, revision: 3 });
    });

    it("changes nothing by a reading that failed, and never takes an empty list for all being gone", async () => {
      await begin(tags("5.7.0-release"));
      await reread([]);
      await reread([]);
      const { sources, subject: shown } = await engine.ada.getSubject({ subjectId: "unreal-engine" });
      expect(sources[0]?.reason).toMatch(/lists nothing any more/);
      expect(sources[0]?.failures).toBeGreaterThan(0);
      expect(shown?.newest?.text).toBe("5.7.0");
      expect(said()).toEqual(["5.7.0 r1"]);
    });

    it("takes what is pushed once, however it comes again, and refuses what is no version", async () => {
      await begin(tags("5.6.1-release"));
      const request = { subjectId: "unreal-engine", tag: "5.7.0-release", notes: "- Adds Nanite foliage" };
      const first = await engine.other.push({ ...request, idempotencyKey: "push-one-key" });
      expect(first).toMatchObject({ changed: true, sighting: { sourceIds: ["pushed"] } });
      expect(await engine.other.push({ ...request, idempotencyKey: "push-one-key" })).toEqual(first);
      expect((await engine.other.push({ ...request, idempotencyKey: engine.key() })).changed).toBe(false);
      await reread(tags("5.7.0-release", "5.6.1-release"));
      expect(said()).toEqual(["5.6.1 r1", "5.7.0 r1"]);
      await expect(
        engine.other.push({ ...request, tag: "soon", idempotencyKey: engine.key() }),
      ).rejects.toThrow(/ENGINE_TAG_UNPARSED.*\(\?<major>/);
      await expect(
        engine.other.push({ ...request, tag: "5.9.0-release", idempotencyKey: "push-one-key" }),
      ).rejects.toThrow(/RPC_IDEMPOTENCY_REUSED/);
    });

    it("lets somebody acknowledge, put off and ignore, and announces again what was put off", async () => {
      await begin(tags("5.6.1-release"));
      await reread(tags("5.6.1-release", "5.7.0-release", "5.7.1-release"));
      expect(await announced()).toEqual(["5.7.1", "5.7.0"]);
      const of = (version: string) => ({ subjectId: "unreal-engine", version, idempotencyKey: engine.key() });
      await engine.ada.acknowledge(of("5.7.0-release"));
      const untilMs = engine.kit.hostMs() + HOUR_MS;
      await engine.ada.snooze({ ...of("5.7.1"), untilMs });
      expect(await announced()).toEqual([]);
      await expect(
        engine.ada.snooze({ ...of("5.7.1"), untilMs: untilMs + 91 * 24 * HOUR_MS }),
      ).rejects.toThrow(/RPC_FIELD_INVALID/);
      engine.later(HOUR_MS + 1);
      await engine.look();
      expect(await announced()).toEqual(["5.7.1"]);
      const range = {
        subjectId: "unreal-engine",
        range: ">=5.7.0 <5.9.0",
        why: "we stay",
        idempotencyKey: engine.key(),
      };
      expect((await engine.ada.ignore(range)).ignored).toBe(2);
      await reread(tags("5.6.1-release", "5.7.0-release", "5.7.1-release", "5.8.0-release"));
      expect(await announced()).toEqual([]);
      expect(said().at(-1)).toBe("5.8.0 r1");
      await expect(
        engine.ada.ignore({ ...range, range: "soon", idempotencyKey: engine.key() }),
      ).rejects.toThrow(/ENGINE_RANGE/);
    });

    it("compares two versions: what lies between, its notes and what they say", async () => {
      await begin(
        [
          { tag: "5.6.1-release" },
          { tag: "5.7.0-release", notes: "# Rendering\n- Introduces Nanite foliage\n- Removes the old sky" },
          { tag: "5.8.0-release", notes: "- Lumen is faster" },
        ],
        { features: { nanite_virtualized_geometry: ["nanite"], lumen_global_illumination: ["lumen"] } },
      );
      const found = await engine.ada.compare({ subjectId: "unreal-engine" });
      expect(found).toMatchObject({ from: "5.6.1", to: "5.8.0", distance: Distance.MINOR, cut: false });
      expect(found.versions.map(({ sighting }) => sighting?.version?.text)).toEqual(["5.7.0", "5.8.0"]);
      expect(found.versions[1]?.notes).toBe("- Lumen is faster");
      expect(found.drafts.map(({ featureKey, confidence }) => `${featureKey} ${confidence}`)).toEqual([
        ...["nanite_virtualized_geometry 1", "lumen_global_illumination 1", " 0.5"],
      ]);
    });

    it("pages lists, and says what there is of a name that nobody watches", async () => {
      await begin(tags("5.4.0-release", "5.5.0-release", "5.6.0-release", "5.7.0-release", "5.8.0-release"));
      const seen: (string | undefined)[] = [];
      for (let pageToken = "", more = true; more; ) {
        const page = await engine.ada.listSightings({ pageSize: 2, pageToken });
        seen.push(...page.sightings.map(({ version }) => version?.text));
        pageToken = page.nextPageToken;
        more = pageToken !== "";
      }
      expect(seen).toEqual(["5.8.0", "5.7.0", "5.6.0", "5.5.0", "5.4.0"]);
      for (const subjectId of ["constructor", "__proto__", "unity"])
        await expect(engine.ada.getSubject({ subjectId })).rejects.toThrow(
          /ENGINE_UNKNOWN_SUBJECT.*unreal-engine/,
        );
    });

    it("reads each source at most once a minute, however often it is asked", async () => {
      await begin(tags("5.7.0-release"));
      const ask = async () => {
        const { sources } = await engine.ada.checkNow({
          subjectId: "unreal-engine",
          idempotencyKey: engine.key(),
        });
        return sources.map(({ result, reason }) => `${result} ${reason.split(":")[0]}`);
      };
      const skipped = CheckResult.SKIPPED;
      expect((await ask())[0]).toBe(`${skipped} ENGINE_CHECK_TOO_SOON`);
      engine.later(61_000);
      expect(await ask()).toEqual([`${CheckResult.UNCHANGED} `, `${skipped} it is pushed, and not read`]);
    });
  });
}
