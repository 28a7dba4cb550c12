import { create, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { GetQuotaRequestSchema, type GetQuotaResponseInit, StateService } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { serviceErrors } from "../errors.ts";
import { directUnary } from "./direct.ts";
import { errorCodeOf, toConnectError } from "./errors.ts";

type Around = { readonly requestHeader: Headers; readonly signal: AbortSignal };

function clientOf(answer: (request: Message, around: Around) => unknown) {
  const nowhere = {
    unary: () => Promise.reject(new ConnectError("elsewhere", Code.Unimplemented)),
  } as unknown as Transport;
  const methods = new Map([[StateService.method.getQuota, answer]]);
  return createClient(StateService, { ...nowhere, unary: directUnary(methods, nowhere) });
}

describe("a call within the process", () => {
  it("copies what is asked and what is answered", async () => {
    const kept: GetQuotaResponseInit = { objects: 1, collections: [{ collection: "progress", objects: 1 }] };
    let heard: unknown;
    const client = clientOf((request, { requestHeader }) => {
      heard = [request, requestHeader.get("x")];
      return kept;
    });
    const request = create(GetQuotaRequestSchema, { worldId: "w" });
    const answer = await client.getQuota(request, { headers: { x: "y" } });
    expect(heard).toEqual([request, "y"]);
    expect((heard as unknown[])[0]).not.toBe(request);
    expect(answer).toMatchObject(kept);
    (answer.collections[0] as { objects: number }).objects = 9;
    expect(kept.collections?.[0]?.objects).toBe(1);
  });

  it("tells errors as they would come from another process", async () => {
    const client = clientOf(() => {
      throw toConnectError(new OrreryError(serviceErrors.SERVICE_NOT_READY, { cause: new Error("inner") }));
    });
    const error = await client.getQuota({}).catch((caught: unknown) => caught);
    expect(errorCodeOf(error)).toBe("SERVICE_NOT_READY");
    expect((error as Error).cause).toBeUndefined();
    await expect(client.getCollections({})).rejects.toThrow("elsewhere");
  });

  it("ends when the caller gives up or the time is over, whatever the method does", async () => {
    let signals: AbortSignal[] = [];
    const client = clientOf((_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const caller = new AbortController();
    const left = client.getQuota({}, { signal: caller.signal });
    caller.abort();
    await expect(left).rejects.toMatchObject({ code: Code.Canceled });
    await expect(client.getQuota({}, { timeoutMs: 5 })).rejects.toMatchObject({
      code: Code.DeadlineExceeded,
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    signals = [];
    await expect(client.getQuota({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: Code.Canceled,
    });
    expect(signals).toEqual([]);
  });
});
