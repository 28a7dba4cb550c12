import {
  ExportFormat,
  type ExportRequest,
  type ExportResponse as ResponseCodec,
} from "@orrery/schema/bus/v1";
import type { Call } from "@orrery/service";
import { createFrameWriter, type EventId, type InitOf, type Lane } from "@orrery/wire";
import { erasing } from "./erasing/part.ts";
import { show } from "./erasing/show.ts";
import { journal } from "./journal/part.ts";
import type { Found } from "./journal/read.ts";
import { cloudEvent } from "./webhooks/cloud-event.ts";

const PAGE = 1_000;
const LENGTH_BYTES = 4;
/** An exported frame is as large as any: who reads it may have our limits. */
const FRAME_BYTES = 1024 * 1024;

/** What fits a filter, in order of arrival, as frames or as lines of CloudEvents. */
export async function* exportEvents(
  { worldId: world, filter, from, to, format, personal }: ExportRequest,
  call: Call,
): AsyncGenerator<InitOf<typeof ResponseCodec>> {
  const { reader, keeper } = call.part(journal);
  const newest = Math.min(to || Number.POSITIVE_INFINITY, keeper.newest(world));
  let events = 0;
  for (let after: number | undefined = Math.max(0, from - 1); after !== undefined && after < newest; ) {
    if (call.signal.aborted) return;
    const asked = { world, filter, after, newest, newestFirst: false, limit: PAGE };
    const page: Awaited<ReturnType<typeof reader.page>> = await reader.page(asked);
    after = page.at;
    if (page.events.length === 0) continue;
    events += page.events.length;
    // Frames are a copy of the journal: sealed as it is, and read with its keys.
    const piece =
      format === ExportFormat.FRAMES
        ? frames(page.events)
        : lines(await show(call.part(erasing).personal, page.events, personal ? "open" : "withheld"));
    yield { piece, events };
  }
}

const lines = (events: readonly Found[]) =>
  new Uint8Array(Buffer.from(events.map((event) => `${JSON.stringify(cloudEvent(event))}\n`).join("")));

/** Consecutive events of one publisher and lane share a frame. */
function frames(events: readonly Found[]): Uint8Array {
  const pieces: Buffer[] = [];
  let run: Found[] = [];
  const flush = () => {
    if (run.length === 0) return;
    const frame = frameOf(run);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(frame.length);
    pieces.push(length, Buffer.from(frame));
    run = [];
  };
  for (const event of events) {
    const last = run.at(-1);
    const follows =
      last !== undefined &&
      last.id?.publisher === event.id?.publisher &&
      last.lane === event.lane &&
      last.contentType === event.contentType &&
      last.fingerprint === event.fingerprint &&
      (last.id?.sequence ?? 0) + 1 === event.id?.sequence;
    if (!follows) flush();
    run.push(event);
  }
  flush();
  return new Uint8Array(Buffer.concat(pieces));
}

function frameOf(events: readonly Found[]): Uint8Array {
  const [first] = events as [Found];
  const writer = createFrameWriter(
    {
      publisher: first.id?.publisher ?? "",
      source: first.service ?? "",
      world: first.world ?? "",
      lane: first.lane as Lane,
      fingerprint: first.fingerprint ?? "",
      firstSequence: first.id?.sequence ?? 1,
      contentType: first.contentType === "json" ? "json" : "protobuf",
    },
    { maxBytes: FRAME_BYTES },
  );
  for (const {
    type = "",
    payload = new Uint8Array(),
    key = "",
    timeMs = 0,
    cause,
    traceparent = "",
  } of events)
    writer.appendRaw(type, payload, {
      key,
      timeMs,
      ...(cause && { cause: cause as EventId }),
      ...(traceparent !== "" && { traceparent }),
    });
  return writer.finish();
}
