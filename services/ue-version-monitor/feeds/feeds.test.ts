import { systemClock } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeptReading } from "@orrery/schema/engine/v1";
import { encodeBytes } from "@orrery/wire";
import type { SourceFile } from "../subjects/shape.ts";
import { ATOM, JSON_FEED, RSS } from "../testing/shapes/feeds.ts";
import { release, tag } from "../testing/shapes/github.ts";
import { packument } from "../testing/shapes/npm.ts";
import { type Asked, startServer, tagged, type TestServer } from "../testing/server.ts";
import { nextOf } from "./pages.ts";
import { readerOf } from "./read.ts";
import type { Answer, Kept } from "./reader.ts";
import { getter } from "./request.ts";
import { tagOf } from "./syndication.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const heard: { left: number | undefined; untilMs: number | undefined }[] = [];
const read = (kind: SourceFile["kind"], before?: Kept, token?: string, url = `${server.url}/list`) => {
  heard.length = 0;
  const get = getter({
    clock: systemClock,
    nowMs: () => 1_000_000,
    token,
    tokenEnv: "SOME_TOKEN",
    heard: (left, untilMs) => void heard.push({ left, untilMs }),
    signal: new AbortController().signal,
  });
  const source = { id: "one", subjectId: "engine", kind, url, interval_s: 300 };
  const reader = readerOf(kind);
  if (reader === undefined) throw new Error("it is not read");
  return reader({ source, before, folder: "", get });
};
const keptOf = ({ kept }: Answer): Kept => KeptReading.decode(encodeBytes(KeptReading, kept));
const tagsOf = ({ entries }: Answer) => entries.map((entry) => entry.tag);
const [a, b] = ["a".repeat(40), "b".repeat(40)];

describe("GitHub", () => {
  it("lists tags with the commits that they stand for, over pages that each have a name of their own", async () => {
    const more = { link: `<${server.url}/list?page=2>; rel="next", <${server.url}/list?page=2>; rel="last"` };
    const first = tagged('"one"', [tag("5.7.0-release", a), tag("5.6.1-release", b)], more);
    const second = tagged('W/"two"', [tag("4.27-plus", a)]);
    server.answer((asked) => (asked.path.includes("page=2") ? second(asked) : first(asked)));
    const found = await read("github-tags");
    expect(tagsOf(found)).toEqual(["5.7.0-release", "5.6.1-release", "4.27-plus"]);
    expect(found).toMatchObject({ unchanged: false, whole: true });
    expect(found.entries[0]?.commit).toBe(a);
    const again = await read("github-tags", keptOf(found));
    expect(again).toMatchObject({ unchanged: true, whole: true });
    expect(tagsOf(again)).toEqual(tagsOf(found));
    expect(server.asked.slice(2).map(({ headers }) => headers["if-none-match"])).toEqual([
      '"one"',
      'W/"two"',
    ]);
    // The first page is as it was, and the second is not.
    const third = tagged('"three"', [tag("4.27-plus", b), tag("4.26.2-release", a)]);
    server.answer((asked) => (asked.path.includes("page=2") ? third(asked) : first(asked)));
    const changed = await read("github-tags", keptOf(again));
    expect(changed.unchanged).toBe(false);
    expect(tagsOf(changed)).toEqual(["5.7.0-release", "5.6.1-release", "4.27-plus", "4.26.2-release"]);
  });

  it("asks for no further page once no request is left, keeps what it knew of them, and goes on with them later", async () => {
    const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1090" };
    const more = { link: `<${server.url}/list?page=2>; rel="next"` };
    const pages = (etag: string, newest: string, headers: Record<string, string>) => {
      const first = tagged(etag, [tag(newest, a)], { ...more, ...headers });
      const second = tagged('"two"', [tag("5.6.1-release", b)]);
      server.answer((asked) => (asked.path.includes("page=2") ? second(asked) : first(asked)));
    };
    pages('"one"', "5.7.0-release", spent);
    const begun = await read("github-tags");
    expect(begun.whole).toBe(false);
    expect(tagsOf(begun)).toEqual(["5.7.0-release"]);
    expect(server.asked).toHaveLength(1);
    pages('"one"', "5.7.0-release", {});
    const whole = await read("github-tags", keptOf(begun));
    expect(whole).toMatchObject({ whole: true, unchanged: false });
    expect(tagsOf(whole)).toEqual(["5.7.0-release", "5.6.1-release"]);
    pages('"three"', "5.8.0-release", spent);
    const later = await read("github-tags", keptOf(whole));
    expect(later.whole).toBe(false);
    expect(tagsOf(later)).toEqual(["5.8.0-release", "5.6.1-release"]);
    expect(server.asked).toHaveLength(4);
  });

  it("asks for ten pages at most, and says then that it does not know all", async () => {
    server.answer((asked) => {
      const page = Number(/page=(\d+)/.exec(asked.path)?.[1] ?? 1);
      const link = `<${server.url}/list?page=${page + 1}>; rel="next"`;
      return { headers: { link }, body: [tag(`5.${page}.0-release`, a)] };
    });
    const found = await read("github-tags");
    expect(found.whole).toBe(false);
    expect(server.asked).toHaveLength(10);
  });

  it("takes releases with their notes, previews as such, and none that is a draft", async () => {
    const drafted = release("5.9.0-release", { draft: true, published_at: null });
    const bare = release("5.8.0", { prerelease: true, body: null });
    server.answer(() => ({ body: [release("5.7.0-release"), bare, drafted] }));
    const { entries } = await read("github-releases");
    expect(entries).toMatchObject([
      { tag: "5.7.0-release", prerelease: false, notes: "# Rendering\n- Adds Nanite foliage" },
      { tag: "5.8.0", prerelease: true, notes: "" },
    ]);
    expect(entries[0]?.releasedMs).toBe(Date.UTC(2026, 1, 28, 8));
  });

  it("does not follow its pages to another host", () => {
    const link = '<https://evil.example/?page=2>; rel="next"';
    expect(nextOf(link, "https://api.github.com/x")).toBe("");
    expect(nextOf('<https://api.github.com/x?page=2>; rel="next"', "https://api.github.com/x")).toMatch(
      /page=2$/,
    );
    expect(nextOf('<https://api.github.com/x?page=1>; rel="prev"', "https://api.github.com/x")).toBe("");
    expect(nextOf("", "https://api.github.com/x")).toBe("");
  });
});

describe("npm", () => {
  it("lists versions in the short form, and those that are deprecated as withdrawn", async () => {
    server.answer(() => ({
      body: packument({ "1.0.0": "do not use", "1.1.0": undefined, "2.0.0-rc.1": "" }),
    }));
    const { entries, whole } = await read("npm");
    expect(entries.map((entry) => `${entry.tag} ${entry.withdrawn}`)).toEqual([
      ...["1.0.0 true", "1.1.0 false", "2.0.0-rc.1 false"],
    ]);
    expect(whole).toBe(true);
    expect(server.asked[0]?.headers.accept).toMatch(/^application\/vnd\.npm\.install-v1\+json/);
  });
});

describe("feeds", () => {
  it("are read as Atom, RSS or JSON Feed, and never as all that there is", async () => {
    server.answer(() => ({ body: ATOM }));
    const atom = await read("feed");
    expect(tagsOf(atom)).toEqual(["5.8.0-preview-1", "5.7.0-release"]);
    expect(atom.whole).toBe(false);
    expect(atom.entries[0]?.notes).toMatch(/<li>Improves <strong>Lumen<\/strong><\/li>/);
    expect(atom.entries[1]).toMatchObject({ notes: "Out now & ready", releasedMs: Date.UTC(2026, 5, 20, 9) });
    server.answer(() => ({ body: RSS }));
    const rss = await read("feed");
    expect(tagsOf(rss)).toEqual(["5.7.1", "From 5.6.1 to 5.7.0: ten tips", "Star City"]);
    server.answer(() => ({ body: JSON_FEED }));
    const json = await read("feed");
    expect(json.entries[0]).toMatchObject({ tag: "v5.9.0", notes: "- Deprecates Chaos" });
  });

  it("name a version by their page, or by a title that names one alone", () => {
    expect(tagOf("Anything", "https://github.com/o/r/releases/tag/v1.2.3%2Bbuild")).toBe("v1.2.3+build");
    expect(tagOf("Unreal Engine 5.7 is now available", "")).toBe("5.7");
    expect(tagOf("5.7.0-preview-2: try it", "")).toBe("5.7.0-preview-2");
    expect(tagOf("5.6 and 5.7", "")).toBe("5.6 and 5.7");
    expect(tagOf("Since 2026 at 10.0.0.1", "")).toBe("Since 2026 at 10.0.0.1");
  });

  it.each([
    ["broken XML", "<feed><entry></feed>", /line 1, column \d+/],
    ["a page", "<html><body>Not found</body></html>", /neither Atom nor RSS/],
    ["entities of its own", '<!DOCTYPE x [<!ENTITY a "aaaa">]><feed>&a;</feed>', /document type/],
    ["broken JSON", `{"version": `, /no JSON/],
    ["another JSON", '{"version": "1", "items": []}', /at version/],
    ["nothing", "", /./],
  ])("fail with the place when they bring %s", async (_what, body, words) => {
    server.answer(() => ({ body }));
    await expect(read("feed")).rejects.toThrow(/ENGINE_FEED/);
    await expect(read("feed")).rejects.toThrow(words);
  });
});

describe("one request", () => {
  const statusOf = (status: number, headers: Record<string, string> = {}, body = "") => {
    server.answer(() => ({ status, headers, body }));
    return read("github-tags");
  };
  const NONE = "Thu, 01 Jan 1970 00:16:40 GMT";

  it("says that a private repository is not known, by what to do, and sends a token only in its header", async () => {
    const sentence =
      /ENGINE_SOURCE_UNAUTHORISED.*the repository is private to linked accounts: set SOME_TOKEN/;
    for (const status of [401, 403, 404]) await expect(statusOf(status)).rejects.toThrow(sentence);
    server.answer(() => ({ status: 404 }));
    await expect(read("github-tags", undefined, "very-secret")).rejects.toThrow(/ENGINE_FEED.*answered 404/);
    expect(server.asked.at(-1)?.headers.authorization).toBe("Bearer very-secret");
  });

  it("obeys limits to the second, by the clock of who sets them", async () => {
    await expect(statusOf(429, { "retry-after": "120" })).rejects.toThrow(/ENGINE_SOURCE_LIMITED/);
    expect(heard[0]?.untilMs).toBe(1_000_000 + 120_000);
    const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1090", date: NONE };
    await expect(statusOf(403, spent)).rejects.toThrow(/ENGINE_SOURCE_LIMITED/);
    expect(heard[0]).toEqual({ left: 0, untilMs: 1_000_000 + 90_000 });
    // Their clock is a day ahead of ours.
    const date = "Fri, 02 Jan 1970 00:16:40 GMT";
    const ahead = { ...spent, date, "x-ratelimit-reset": String(1_090 + 86_400) };
    await expect(statusOf(429, ahead)).rejects.toThrow(/ENGINE_SOURCE_LIMITED/);
    expect(heard[0]?.untilMs).toBe(1_000_000 + 90_000);
    await expect(
      statusOf(503, { "retry-after": "Thu, 01 Jan 1970 00:17:10 GMT", date: NONE }),
    ).rejects.toThrow(/ENGINE_SOURCE_LIMITED/);
    expect(heard[0]?.untilMs).toBe(1_000_000 + 30_000);
    await expect(statusOf(403, {}, "You have exceeded a secondary rate limit.")).rejects.toThrow(
      /ENGINE_SOURCE_LIMITED/,
    );
    expect(heard[0]?.untilMs).toBe(1_000_000 + 60_000);
    server.answer(() => ({ headers: spent, body: [tag("5.7.0-release", a)] }));
    await read("github-tags");
    expect(heard[0]).toEqual({ left: 0, untilMs: 1_000_000 + 90_000 });
  });

  it("takes no more than 4 MiB, and no address's secrets into words", async () => {
    server.answer(() => ({ body: "x".repeat(4_194_305) }));
    await expect(
      read("github-tags", undefined, undefined, `${server.url}/list?key=very-secret`),
    ).rejects.toThrow(/ENGINE_SOURCE_TOO_LARGE: [^?]*\/list\)/);
  });

  it("says so when nobody answers", async () => {
    await server.close();
    await expect(read("github-tags")).rejects.toThrow(/ENGINE_FEED.*ECONNREFUSED/);
    server = await startServer((_asked: Asked) => ({}));
  });
});
