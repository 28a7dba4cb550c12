import { ConnectError } from "@connectrpc/connect";
import { toConnectError } from "@orrery/service";
import { defineErrors, OrreryError } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { waitAsTold } from "./as-told.ts";

const said = { status: "resource_exhausted", summary: "Too much", todo: "Wait", retryable: true } as const;
const { ROUTER_RATE_LIMITED } = defineErrors({ ROUTER_RATE_LIMITED: said });

/** A call whose first tries end so: how often it was tried, and how long was waited each time. */
async function call(ends: readonly unknown[], stream = false) {
  const waited: number[] = [];
  let tries = 0;
  const next = async () => {
    const error = ends[tries++];
    if (error === undefined) return {} as never;
    throw error;
  };
  await waitAsTold(async (ms) => void waited.push(ms))(next)({ stream } as never);
  return { tries, waited };
}
const tooFast = (retryAfterMs: number) =>
  toConnectError(new OrreryError(ROUTER_RATE_LIMITED, { retryAfterMs }));

describe("a call that comes too fast", () => {
  it("is made again after as long as the door said", async () => {
    expect(await call([tooFast(40), tooFast(0)])).toEqual({ tries: 3, waited: [40, 1] });
    expect(await call([])).toEqual({ tries: 1, waited: [] });
  });

  it("is made again when the door closed the connection before it was written", async () => {
    const unwritten = Object.assign(new ConnectError("broke"), { cause: { code: "EPIPE" } });
    expect(await call([unwritten, tooFast(5)])).toEqual({ tries: 3, waited: [100, 5] });
  });

  it("is not made again when it was refused for anything else, is a stream, or for ever", async () => {
    await expect(call([new ConnectError("no")])).rejects.toThrow(/no/);
    await expect(call([tooFast(1)], true)).rejects.toThrow(/RATE_LIMITED/);
    await expect(call(Array.from({ length: 99 }, () => tooFast(1)))).rejects.toThrow(/RATE_LIMITED/);
  });
});
