import type { ChangeMessageVisibilityBatchCommand, DeleteMessageBatchCommand } from "@aws-sdk/client-sqs";
import { busErrors, systemClock } from "@orrery/bus";
import { isError } from "@orrery/wire";
import { expect, test } from "vitest";
import type { Call, Calls, Clients } from "./calls.ts";
import { createCounted } from "./counted.ts";
import { createInbox } from "./inbox.ts";

type Command = DeleteMessageBatchCommand | ChangeMessageVisibilityBatchCommand;
type Said = { readonly Code: string; readonly Message: string; readonly SenderFault: boolean } | undefined;

/** A queue whose answer to each receipt is `say`'s, by how often that receipt was tried. */
function queue(say: (receipt: string, tries: number) => Said) {
  const tries = new Map<string, number>();
  const sizes: number[] = [];
  const sqs = {
    send({ input }: Command) {
      const Successful: { Id: string }[] = [];
      const Failed: ({ Id: string } & NonNullable<Said>)[] = [];
      sizes.push(input.Entries?.length ?? 0);
      for (const { Id = "", ReceiptHandle = "" } of input.Entries ?? []) {
        const before = tries.get(ReceiptHandle) ?? 0;
        tries.set(ReceiptHandle, before + 1);
        const said = say(ReceiptHandle, before);
        if (said === undefined) Successful.push({ Id });
        else Failed.push({ Id, ...said });
      }
      return Promise.resolve({ Successful, Failed });
    },
  };
  const once = <T>(call: Call<T>): Promise<T> =>
    call.send({ sqs } as unknown as Clients, new AbortController().signal);
  const calls: Calls = { counted: createCounted(), once, retried: once, close: () => {} };
  const inbox = createInbox(
    { name: "q", url: "q", arn: "q" },
    {
      calls,
      clock: systemClock,
      visibilitySeconds: 30,
      deleteLingerMs: () => 0,
      outageMs: 2_000,
      closing: new AbortController().signal,
    },
  );
  return { inbox, tries, sizes };
}

test("a delete that AWS failed for its own reasons is tried again, alone", async () => {
  const { inbox, tries } = queue((receipt, before) =>
    receipt === "r3" && before < 2 ? { Code: "InternalError", Message: "", SenderFault: false } : undefined,
  );
  await Promise.all(Array.from({ length: 5 }, (_, i) => inbox.remove(`r${i}`)));
  expect([tries.get("r3"), tries.get("r2")]).toEqual([3, 1]);
});

test.each([
  { Code: "ReceiptHandleIsInvalid", Message: "The input receipt handle is invalid.", SenderFault: true },
  { Code: "InvalidParameterValue", Message: "The receipt handle has expired", SenderFault: true },
])("an expired receipt is a lost lease: $Code", async (said) => {
  const { inbox } = queue((receipt) => (receipt === "old" ? said : undefined));
  const [old, other] = await Promise.allSettled([inbox.remove("old"), inbox.remove("new")]);
  expect(other?.status).toBe("fulfilled");
  expect(old?.status === "rejected" && isError(old.reason, busErrors.BUS_LEASE_LOST)).toBe(true);
});

test("wishes of one turn travel in tens", async () => {
  const { inbox, sizes } = queue(() => undefined);
  await Promise.all(Array.from({ length: 25 }, (_, i) => inbox.hide(`r${i}`, 30)));
  expect(sizes).toEqual([10, 10, 5]);
});
