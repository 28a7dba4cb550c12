import type { IncomingHttpHeaders } from "node:http";

/** One call to SQS (AWS JSON 1.0) or SNS (AWS query, XML back). */
export interface Call {
  readonly protocol: "json" | "query";
  /** `SendMessageBatch`, `PublishBatch`; empty for what is neither. */
  readonly name: string;
  /** URL of the queue it is about; empty when about none. */
  readonly queue: string;
  /** Of a batch; else 0. */
  readonly entries: number;
  readonly body: Buffer;
}

export type Messages = readonly Readonly<Record<string, unknown>>[];

interface JsonBody {
  readonly QueueUrl?: string;
  readonly Entries?: readonly { readonly Id: string }[];
}

const MEMBER = /^PublishBatchRequestEntries\.(?:member\.)?(\d+)\.(.+)$/;

export function callOf(headers: IncomingHttpHeaders, body: Buffer): Call {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const { QueueUrl = "", Entries = [] } = JSON.parse(body.toString() || "{}") as JsonBody;
    return {
      protocol: "json",
      name: target.slice(target.indexOf(".") + 1),
      queue: QueueUrl,
      entries: Entries.length,
      body,
    };
  }
  const fields = new URLSearchParams(body.toString());
  const name = fields.get("Action") ?? "";
  const entries = name === "PublishBatch" ? entryIds(fields).size : 0;
  return { protocol: "query", name, queue: "", entries, body };
}

export const messagesOf = (answer: { readonly Messages?: Messages }): Messages => answer.Messages ?? [];

/** Ids of a PublishBatch's entries by their number. */
function entryIds(fields: URLSearchParams): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [name, value] of fields) {
    const [, number = "", field] = MEMBER.exec(name) ?? [];
    if (field === "Id") ids.set(number, value);
  }
  return ids;
}

/** An error as the service would have answered it. */
export function errorAnswer(call: Call, status: number, code: string, message: string) {
  if (call.protocol === "json")
    return {
      status,
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-errortype": code,
        "x-amzn-query-error": `${code};${status < 500 ? "Sender" : "Receiver"}`,
      } as IncomingHttpHeaders,
      body: Buffer.from(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message })),
    };
  const type = status < 500 ? "Sender" : "Receiver";
  return {
    status,
    headers: { "content-type": "text/xml" } as IncomingHttpHeaders,
    body: Buffer.from(
      `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>proxy</RequestId></ErrorResponse>`,
    ),
  };
}

export interface Fewer {
  readonly body: Buffer;
  /** The emulator's answer, with the entries that never reached it as failed. */
  merge(answer: Buffer): Buffer;
}

/** A batch without its last `count` entries. */
export function withoutEntries(call: Call, count: number): Fewer {
  return call.protocol === "json" ? fewerJson(call.body, count) : fewerQuery(call.body, count);
}

const FAILURE = { Code: "InternalError", Message: "injected", SenderFault: false };

function fewerJson(body: Buffer, count: number): Fewer {
  const given = JSON.parse(body.toString()) as Required<JsonBody>;
  const kept = given.Entries.slice(0, given.Entries.length - count);
  const failed = given.Entries.slice(kept.length).map(({ Id }) => ({ Id, ...FAILURE }));
  return {
    body: Buffer.from(JSON.stringify({ ...given, Entries: kept })),
    merge(answer) {
      const told = JSON.parse(answer.toString()) as { Failed?: unknown[] };
      return Buffer.from(JSON.stringify({ ...told, Failed: [...(told.Failed ?? []), ...failed] }));
    },
  };
}

function fewerQuery(body: Buffer, count: number): Fewer {
  const fields = new URLSearchParams(body.toString());
  const ids = entryIds(fields);
  const numbers = [...ids.keys()].sort((a, b) => Number(a) - Number(b));
  const dropped = new Set(numbers.slice(numbers.length - count));
  const kept = new URLSearchParams(
    [...fields].filter(([name]) => !dropped.has(MEMBER.exec(name)?.[1] ?? "")),
  );
  const members = [...dropped]
    .map(
      (number) =>
        `<member><Id>${ids.get(number)}</Id><Code>${FAILURE.Code}</Code><Message>${FAILURE.Message}</Message><SenderFault>false</SenderFault></member>`,
    )
    .join("");
  return {
    body: Buffer.from(kept.toString()),
    merge(answer) {
      const text = answer.toString();
      const failed = /<Failed\s*\/>|<Failed>\s*<\/Failed>/;
      if (failed.test(text)) return Buffer.from(text.replace(failed, `<Failed>${members}</Failed>`));
      if (text.includes("</Failed>")) return Buffer.from(text.replace("</Failed>", `${members}</Failed>`));
      return Buffer.from(
        text.replace("</PublishBatchResult>", `<Failed>${members}</Failed></PublishBatchResult>`),
      );
    },
  };
}
