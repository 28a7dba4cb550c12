import {
  ClientMessage,
  type Hello,
  type ServerMessage as Said,
  ServerMessage,
} from "@orrery/schema/router/v1";
import { encodeBytes, type InitOf, openFrame } from "@orrery/wire";
import { WebSocket } from "ws";

type Message = InitOf<typeof ClientMessage>["message"];

/** A client as somebody writes one from the page: it says what it is told to, and remembers what it heard. */
export interface EdgeClient {
  say(message: Message): void;
  /** Everything the edge said, in order. */
  readonly heard: readonly Said["message"][];
  /** Of one kind. */
  all<C extends NonNullable<Said["message"]["case"]>>(
    which: C,
  ): Extract<Said["message"], { case: C }>["value"][];
  /** Live events, as `publisher/sequence`. */
  live(): string[];
  /** Where it stands by its live events, its marks, and what the snapshots of everything it looks at cover. */
  cursor(): { worldId: string; marks: { publisher: string; sequence: number }[]; timeMs: number };
  /** WebSocket close code; undefined: open. */
  readonly closed: number | undefined;
  close(): void;
}

export type HelloGiven = InitOf<typeof Hello>;

export function openEdgeClient(
  url: string,
  hello: HelloGiven,
  headers: Record<string, string> = {},
): EdgeClient {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "orrery.v1", { headers });
  const heard: Said["message"][] = [];
  let closed: number | undefined;
  const say = (message: Message) => socket.send(encodeBytes(ClientMessage, { message }));
  socket.on("open", () => say({ case: "hello", value: { versions: [1], deviceId: "d", ...hello } }));
  socket.on("message", (data: Buffer) => void heard.push(ServerMessage.decode(data).message));
  socket.on("close", (code) => {
    closed = code;
  });
  socket.on("error", () => {});
  const all = ((which: string) =>
    heard.flatMap((one) => (one.case === which ? [one.value] : []))) as EdgeClient["all"];
  const frames = () => all("batch").flatMap((batch) => batch.frames.map((bytes) => openFrame(bytes)));

  return {
    say,
    heard,
    all,
    live: () =>
      frames().flatMap((frame) =>
        [...frame.events()].map(({ sequence }) => `${frame.publisher}/${sequence}`),
      ),
    cursor() {
      const marks = new Map<string, number>();
      let timeMs = 0;
      const raise = (publisher: string, sequence: number) =>
        marks.set(publisher, Math.max(sequence, marks.get(publisher) ?? 0));
      for (const mark of all("mark")) {
        timeMs = Math.max(timeMs, mark.timeMs);
        for (const { publisher, sequence } of mark.marks) raise(publisher, sequence);
      }
      for (const frame of frames())
        for (const event of frame.events()) {
          raise(frame.publisher, event.sequence);
          timeMs = Math.max(timeMs, event.timeMs);
        }
      const covered = Map.groupBy(all("snapshot"), (part) => part.subscriptionId);
      const asOf = [...covered.values()].map(
        (parts) => new Map(parts.flatMap((part) => part.asOf.map((mark) => [mark.publisher, mark.sequence]))),
      );
      for (const publisher of asOf[0]?.keys() ?? [])
        raise(publisher, Math.min(...asOf.map((own) => own.get(publisher) ?? 0)));
      const list = [...marks].map(([publisher, sequence]) => ({ publisher, sequence }));
      return { worldId: hello.worldId ?? "", marks: list, timeMs };
    },
    get closed() {
      return closed;
    },
    close: () => socket.terminate(),
  };
}
