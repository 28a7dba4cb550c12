import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toJsonString } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import {
  type Exposure,
  FlagChanged,
  FlagService,
  FlagSnapshotSchema,
  Reason,
} from "@orrery/schema/settings/v1";
import {
  createLogger,
  defineService,
  type Handlers,
  type Host,
  type RpcBinding,
  serve,
  startHost,
} from "@orrery/service";
import { fingerprint } from "@orrery/schema/registry";
import { PLATFORM } from "@orrery/wire";
import { OpenFeature } from "@openfeature/server-sdk";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { contextOf } from "../context.ts";
import { flagProvider } from "../open-feature/provider.ts";
import { flagOf, splitRule } from "../testing.ts";
import { followFlags } from "./part.ts";
import type { Flags } from "./flags.ts";

const ada = contextOf("player:ada");
const folder = mkdtempSync(join(tmpdir(), "orrery-flags-"));
const bootstrapFile = join(folder, "flags.json");
const known = { snapshotVersion: 7, flags: [flagOf("lamp", { defaultVariant: "on" })], segments: [] };
writeFileSync(bootstrapFile, toJsonString(FlagSnapshotSchema, create(FlagSnapshotSchema, known)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let away = true;
let asked: number[] = [];
let reported: Exposure[] = [];
let version = 1;
let lamp = flagOf("lamp");
let clock: VirtualClock;
let host: Host;
let running: ReturnType<typeof createMemoryTransport>;

const unanswered = () => {
  throw new ConnectError("not in this test");
};
const rpc: RpcBinding = serve(FlagService, {
  ...(Object.fromEntries(
    Object.keys(FlagService.method).map((name) => [name, unanswered]),
  ) as object as Handlers<typeof FlagService>),
  reportExposures({ exposures }: { exposures: Exposure[] }) {
    reported.push(...exposures);
    return {};
  },
  getSnapshot({ sinceVersion }: { sinceVersion: number }) {
    if (away) throw new ConnectError("away");
    asked.push(sinceVersion);
    if (sinceVersion === version) return { snapshotVersion: version };
    return { snapshotVersion: version, whole: { snapshotVersion: version, flags: [lamp] } };
  },
});
const settings = defineService({ id: "settings", summary: "Answers for flags.", rpc: [rpc] });

async function start(file?: string): Promise<Flags> {
  clock = virtualClock();
  running = createMemoryTransport({ clock });
  const part = followFlags(file === undefined ? {} : { bootstrapFile: file });
  const lamps = defineService({ id: "lamps", summary: "Goes by flags.", parts: [part] });
  const starting = startHost({
    services: [settings, lamps],
    transport: running,
    outsideTypes: [FlagChanged.typeName],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
    clock,
  });
  host = await passing(starting);
  const kit = host.running().find(({ definition }) => definition.id === "lamps")?.kit;
  if (kit === undefined) throw new Error("it did not start");
  return kit.part(part);
}

async function passing<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await clock.advance(100);
  return promise;
}
async function tell(snapshotVersion: number): Promise<void> {
  const publisher = host.surroundings.bus.publisher({ source: "settings", world: PLATFORM, fingerprint });
  const { revision } = lamp;
  const change = { flagKey: "lamp", snapshotVersion, revision, definition: lamp };
  await passing(Promise.resolve(publisher.publish(FlagChanged, change)));
  await clock.advance(1_000);
}
const lampOn = () => ({ ...flagOf("lamp"), defaultVariant: "on" });

beforeEach(() => {
  away = true;
  asked = [];
  reported = [];
  version = 1;
  lamp = flagOf("lamp");
});
afterEach(() => passing(host.stop()));

it("is not ready until flags were loaded once, and says so to whoever evaluates", async () => {
  const flags = await start();
  await clock.advance(5_000);
  expect(flags.ready).toBe(false);
  expect(flags.evaluate("lamp", ada)).toMatchObject({
    reason: Reason.ERROR,
    errorCode: "PROVIDER_NOT_READY",
  });
  away = false;
  await clock.advance(1_000);
  expect(flags.evaluate("lamp", ada)).toMatchObject({ variant: "off", reason: Reason.STATIC });
});

it("goes by a bootstrap file until it is answered, whatever version that file has", async () => {
  const flags = await start(bootstrapFile);
  expect(flags.evaluate("lamp", ada)).toMatchObject({ variant: "on" });
  away = false;
  await clock.advance(30_000);
  expect(flags.evaluate("lamp", ada)).toMatchObject({ variant: "off", reason: Reason.STATIC });
  expect(asked[0]).toBe(0);
});

it("follows changes as they are told, and fetches all where a version is missing", async () => {
  away = false;
  const flags = await start();
  await clock.advance(1_000);
  lamp = lampOn();
  version = 2;
  const before = asked.length;
  await tell(2);
  expect(flags.evaluate("lamp", ada).variant).toBe("on");
  expect(asked.length).toBe(before);
  lamp = flagOf("lamp");
  version = 9;
  await tell(9);
  expect(flags.evaluate("lamp", ada).variant).toBe("off");
  expect([flags.set.version, asked.at(-1)]).toEqual([9, 2]);
});

it("gives the same value with the reason STALE when nothing was heard for a minute, and fresh ones again after", async () => {
  away = false;
  const flags = await start();
  await clock.advance(1_000);
  away = true;
  await clock.advance(50_000);
  expect(flags.evaluate("lamp", ada)).toMatchObject({ variant: "off", reason: Reason.STATIC });
  await clock.advance(30_000);
  expect(flags.evaluate("lamp", ada)).toMatchObject({ variant: "off", reason: Reason.STALE });
  away = false;
  await clock.advance(30_000);
  expect(flags.evaluate("lamp", ada)).toMatchObject({ variant: "off", reason: Reason.STATIC });
});

it("answers OpenFeature's client where it is: values, reasons and codes", async () => {
  away = false;
  lamp = { ...lampOn(), rules: flagOf("x", { rules: [splitRule("r", { on: 50_000, off: 50_000 })] }).rules };
  const flags = await start();
  await clock.advance(1_000);
  await passing(OpenFeature.setProviderAndWait("test", flagProvider(flags)));
  const client = OpenFeature.getClient("test");
  const named = await client.getBooleanDetails("lamp", true, { targetingKey: "player:ada" });
  expect(named).toMatchObject({ reason: "SPLIT", variant: flags.evaluate("lamp", ada).variant });
  const nobody = await client.getBooleanDetails("lamp", true, {});
  expect([nobody.value, nobody.reason, nobody.errorCode]).toEqual([
    false,
    "TARGETING_KEY_MISSING",
    undefined,
  ]);
  expect(await client.getStringDetails("lamp", "mine", {})).toMatchObject({
    value: "mine",
    errorCode: "TYPE_MISMATCH",
  });
  expect(await client.getBooleanDetails("none", true, {})).toMatchObject({
    value: true,
    errorCode: "FLAG_NOT_FOUND",
  });
});

it("reports once a minute who saw what, each evaluation once", async () => {
  away = false;
  const flags = await start();
  await clock.advance(1_000);
  for (let at = 0; at < 5; at++) flags.evaluate("lamp", ada);
  flags.evaluate("none", ada);
  await clock.advance(130_000);
  expect(reported).toMatchObject([{ flagKey: "lamp", variant: "off", reason: Reason.STATIC, count: 5 }]);
});
