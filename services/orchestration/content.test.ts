import { toBinary } from "@bufbuild/protobuf";
import {
  ContentDocumentSchema,
  ContentKind,
  ContentService,
  ExecutionStatus,
  Rung,
} from "@orrery/schema/orchestration/v1";
import { errorCodeOf } from "@orrery/service";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "./service.ts";
import { ladderSuite, settings } from "./testing/ladder-suite.ts";

const ADA = { role: "player", id: "player:ada", scopes: [] } as const;
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

ladderSuite("SQLite", async () => ":memory:");

it("goes on where it was when the service is killed amid it", async () => {
  const made = await generate();
  await services.restart({ killed: true });
  const found = await during(content().getContent({ executionId: made.executionId }));
  expect([found.status, found.document?.contentId]).toEqual([
    ExecutionStatus.COMPLETED,
    made.document?.contentId,
  ]);
});
