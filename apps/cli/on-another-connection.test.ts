import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { onAnotherConnection } from "./on-another-connection.ts";

/** A call whose first tries end so. */
async function call(codes: readonly string[], stream = false): Promise<number> {
  let tries = 0;
  const next = async () => {
    const code = codes[tries++];
    if (code === undefined) return {} as never;
    const cause = Object.assign(new Error(`write ${code}`), { code });
    throw Object.assign(new ConnectError("the connection broke", Code.Internal), { cause });
  };
  await onAnotherConnection(next)({ stream } as never);
  return tries;
}

describe("a call over a connection that was kept", () => {
  it("goes over another when nothing could be written: it was not taken in", async () => {
    expect(await call(["EPIPE"])).toBe(2);
    expect(await call([])).toBe(1);
  });

  it("is not repeated when it may have been taken in, when it is a stream, or for ever", async () => {
    await expect(call(["ECONNRESET"])).rejects.toThrow(/broke/);
    await expect(call(["EPIPE"], true)).rejects.toThrow(/broke/);
    await expect(call(["EPIPE", "EPIPE"])).rejects.toThrow(/broke/);
  });
});
