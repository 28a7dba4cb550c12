import { create } from "@bufbuild/protobuf";
import { JournalService, TailResponseSchema } from "@orrery/schema/bus/v1";
import { CallRequestSchema, type ServerMessage } from "@orrery/schema/router/v1";
import type { InitOf } from "@orrery/wire";
import { expect, it, vi } from "vitest";
import { playersSession } from "../testing.ts";
import { createCalls } from "./calls.ts";
import { binaryForm } from "./wire.ts";

it("a stream is asked for its next message when the client has read on, and not before", async () => {
  let asked = 0;
  async function* messages() {
    for (; asked < 100; asked++) yield create(TailResponseSchema);
  }
  const directory = { transport: () => ({ stream: async () => ({ message: messages() }) }) };
  const said: InitOf<typeof ServerMessage>["message"][] = [];
  let readOn = () => {};
  const room = () => new Promise<void>((resolve) => (readOn = resolve));
  const session = playersSession();
  session.claims = { ...session.claims, role: "admin", worlds: ["*"] };
  const method = `${JournalService.typeName}/Tail`;
  const calls = createCalls(
    { directory, log: { error: () => {} } } as never,
    new Map([[method, JournalService.method.tail]]),
    { begin: () => () => {} } as never,
    session,
    binaryForm,
    ({ message }) => said.push(message),
    room,
  );
  calls.start(create(CallRequestSchema, { id: 7, method, request: new Uint8Array() }));
  for (let read = 1; read <= 3; read++) {
    await vi.waitFor(() => expect(said).toHaveLength(read));
    expect(asked).toBe(read - 1);
    readOn();
  }
  expect(said).toEqual(said.map(() => expect.objectContaining({ case: "chunk" })));
});
