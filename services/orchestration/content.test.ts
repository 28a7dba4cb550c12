import { toBinary } from "@bufbuild/protobuf";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  AdmissionService,
  ContentDocumentSchema,
  ContentKind,
  ContentService,
  ExecutionStatus,
  Rung,
} from "@orrery/schema/orchestration/v1";
import { Tier, TierChanged, TierService } from "@orrery/schema/settings/v1";
import { errorCodeOf } from "@orrery/service";
import { standIn, type TestServices, testServices } from "@orrery/simulation/testing";
import { fingerprint } from "@orrery/schema/registry";
import { type Codec, type InitOf, PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "./service.ts";
import { startHosted } from "./testing/hosted.ts";
import { workflows } from "./workflows/mod.ts";

const HOUR_MS = 3_600_000;
const ADA = { role: "player", id: "player:ada", scopes: [] } as const;
const FREE = { scenesPerHour: 1, scenesPerDay: 5, deepPerDay: 0, queueWeight: 1 };
const settings = standIn("settings", TierService, {
  get: ({ playerId }) => ({ tier: { playerId, tier: Tier.FREE }, limits: FREE }),
});
let services: TestServices;
let keys = 0;
beforeEach(async () => {
  services = await testServices([service, settings]);
});
afterEach(() => services.stop());

async function during<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await services.clock.advance(10);
  return promise;
}
const content = (caller: { role: "player" | "service"; id: string } = ADA) =>
  services.host.directory.client(ContentService, { scopes: [], ...caller });
const order = (more: object = {}) => ({
  ...{ worldId: "w", kind: ContentKind.PLACE, regionId: "region:mill-vale", seed: "one", difficulty: 0.4 },
  ...{ idempotencyKey: `content-key-${++keys}` },
  ...more,
});
const generate = (more: object = {}, caller?: Parameters<typeof content>[0]) =>
  during(content(caller).generate(order(more)));
const code = (promise: Promise<unknown>) =>
  during(
    promise.then(
      () => "",
      (error: unknown) => errorCodeOf(error),
    ),
  );

it("is a complete document, the same bytes for the same order, whoever asks", async () => {
  const shop = { role: "service", id: "quests" } as const;
  const [one, two] = [await generate({}, shop), await generate({}, { role: "service", id: "stories" })];
  expect(one).toMatchObject({ rung: Rung.FULL, why: "", moreAtMs: 0 });
  const bytes = ({ document }: typeof one) =>
    toBinary(ContentDocumentSchema, document as NonNullable<typeof document>);
  expect(Buffer.compare(bytes(one), bytes(two))).toBe(0);
  expect(one.document?.coordination?.wayOutRoom).toBe("room-1");
  expect((await during(content(shop).getContent({ executionId: one.executionId }))).document?.contentId).toBe(
    one.document?.contentId,
  );
  const other = await generate({ seed: "two" }, shop);
  expect(Buffer.compare(bytes(one), bytes(other))).not.toBe(0);
});

it("is what it was under its key, and is refused with another order or one that cannot be meant", async () => {
  const asked = order();
  const first = await during(content().generate(asked));
  const again = await during(content().generate(asked));
  expect([again.executionId, again.rung, again.document?.contentId]).toEqual([
    first.executionId,
    Rung.NO_DEEP,
    first.document?.contentId,
  ]);
  expect(await code(content().generate({ ...asked, seed: "other" }))).toBe("RPC_IDEMPOTENCY_REUSED");
  expect(await code(content().generate(order({ kind: 0 })))).toBe("ORCH_INPUT_INVALID");
  expect(await code(content().generate(order({ difficulty: Number.NaN })))).toBe("ORCH_INPUT_INVALID");
  expect(
    await code(content({ role: "player", id: "player:eve" }).getContent({ executionId: first.executionId })),
  ).toBe("ORCH_UNKNOWN_EXECUTION");
});

it("steps down by the player's tier, each answer naming its rung, and up at once with a better one", async () => {
  const own = await startHosted(":memory:", workflows, undefined, "local", [settings]);
  const made = (seed: string) => own.host.directory.client(ContentService, ADA).generate(order({ seed }));
  const quote = () => own.host.directory.client(AdmissionService, ADA).quote({});
  const tell = async <C extends Codec>(source: string, codec: C, event: InitOf<C>) => {
    const said = own.host.surroundings.bus.publisher({ source, world: PLATFORM, fingerprint });
    await said.publish(codec, event);
    await said.close();
  };
  const rungs: Rung[] = [];
  for (let hour = 0; hour < 12; hour++) {
    const { rung, document } = await made(`scene-${hour}`);
    rungs.push(rung);
    expect(document?.rung).toBe(rung);
    expect(document?.beings.every(({ name }) => name !== "")).toBe(true);
    expect(document?.coordination === undefined).toBe(rung === Rung.FOUNDATION);
    own.later(HOUR_MS);
  }
  expect(rungs).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4]);
  expect(await quote()).toMatchObject({
    rung: Rung.CACHED,
    usedDay: 5,
    perDay: 5,
    why: "5 of 5 a day are made",
  });
  const limits = { scenesPerHour: 10, scenesPerDay: 50, deepPerDay: 5, queueWeight: 2 };
  await tell("settings", TierChanged, { playerId: ADA.id, tier: Tier.PREMIUM, limits, revision: 2 });
  await own.until(async () => (await quote()).perDay === 50);
  expect((await made("premium")).rung).toBe(Rung.FULL);
  // What is older than what is known is old news.
  await tell("settings", TierChanged, { playerId: ADA.id, tier: Tier.FREE, limits: FREE, revision: 1 });
  await tell("event-bus", SubjectErased, { subject: ADA.id });
  await own.until(async () => (await quote()).usedDay === 0);
  expect((await quote()).perDay).toBe(5);
  await own.stop();
});

it("goes on where it was when the service is killed amid it", async () => {
  const made = await generate();
  await services.restart({ killed: true });
  const found = await during(content().getContent({ executionId: made.executionId }));
  expect([found.status, found.document?.contentId]).toEqual([
    ExecutionStatus.COMPLETED,
    made.document?.contentId,
  ]);
});
