import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type HttpProxy, startHttpProxy } from "./http.ts";

let upstream: Server;
let received: string[];
let answer: (body: string) => string;
let proxy: HttpProxy;

beforeEach(async () => {
  received = [];
  answer = () => "{}";
  upstream = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      received.push(body);
      response.end(answer(body));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  proxy = await startHttpProxy(`http://127.0.0.1:${port}`, () => 0.5);
});
afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => upstream.close(resolve));
});

interface Told {
  readonly __type: string;
  readonly Successful: readonly { readonly Id: string }[];
  readonly Failed: readonly { readonly Id: string }[];
  readonly Messages: readonly { readonly MessageId: string }[];
}

const told = async (response: Response) => (await response.json()) as Told;
const sqs = (name: string, body: object) =>
  fetch(proxy.endpoint, {
    method: "POST",
    headers: { "x-amz-target": `AmazonSQS.${name}` },
    body: JSON.stringify(body),
  });

it("refuses as the service would, and lets nothing through", async () => {
  proxy.set({ throttled: 1 });
  const throttled = await sqs("SendMessage", { QueueUrl: "q" });
  expect([throttled.status, (await told(throttled)).__type]).toEqual([400, "com.amazonaws.sqs#Throttling"]);
  proxy.set({ unavailable: 1 });
  const sns = await fetch(proxy.endpoint, { method: "POST", body: "Action=Publish&Message=x" });
  expect([sns.status, await sns.text()]).toEqual([503, expect.stringMatching(/<Code>ServiceUnavailable/)]);
  expect(received).toEqual([]);
  expect(proxy.counts).toEqual({ throttled: 1, unavailable: 1 });
});

it("loses the reply of what has happened", async () => {
  proxy.set({ replyLost: 1 });
  await expect(sqs("SendMessage", { QueueUrl: "q" })).rejects.toThrow();
  expect(received).toHaveLength(1);
});

it("fails some entries of a batch to SQS, and lets the others happen", async () => {
  proxy.set({ partial: 1 });
  answer = (body) =>
    JSON.stringify({ Successful: JSON.parse(body).Entries.map(({ Id }: { Id: string }) => ({ Id })) });
  const entries = ["a", "b", "c", "d"].map((Id) => ({ Id, MessageBody: Id }));
  const batch = await told(await sqs("SendMessageBatch", { QueueUrl: "q", Entries: entries }));
  expect(batch.Successful.map(({ Id }) => Id)).toEqual(["a", "b"]);
  expect(batch.Failed.map(({ Id }) => Id)).toEqual(["c", "d"]);
  expect(JSON.parse(received[0] ?? "").Entries).toHaveLength(2);
});

it("fails some entries of a batch to SNS", async () => {
  proxy.set({ partial: 1 });
  answer = () =>
    "<PublishBatchResponse><PublishBatchResult><Failed/></PublishBatchResult></PublishBatchResponse>";
  const fields = new URLSearchParams({ Action: "PublishBatch" });
  for (const at of [1, 2]) {
    fields.set(`PublishBatchRequestEntries.member.${at}.Id`, `e${at}`);
    fields.set(`PublishBatchRequestEntries.member.${at}.Message`, "x");
  }
  const text = await (await fetch(proxy.endpoint, { method: "POST", body: fields.toString() })).text();
  expect(text).toMatch(/<Failed><member><Id>e2<\/Id>/);
  expect(received[0]).toMatch(/member\.1\.Id=e1/);
  expect(received[0]).not.toMatch(/member\.2/);
});

it("hands messages of a standard queue out again and turned round, never those of a FIFO queue", async () => {
  proxy.set({ repeated: 1, reordered: 1 });
  answer = () => JSON.stringify({ Messages: [{ MessageId: "1" }, { MessageId: "2" }] });
  const ids = async (QueueUrl: string) =>
    (await told(await sqs("ReceiveMessage", { QueueUrl }))).Messages.map(({ MessageId }) => MessageId);
  expect(await ids("http://q")).toEqual(["2", "1"]);
  expect(await ids("http://q")).toHaveLength(3);
  expect(await ids("http://q.fifo")).toEqual(["1", "2"]);
  expect(await ids("http://q.fifo")).toEqual(["1", "2"]);
});
