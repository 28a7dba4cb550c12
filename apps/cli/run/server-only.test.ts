import { getOption, type Message } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { server_only } from "@orrery/schema/orrery";
import { codecs } from "@orrery/schema/registry";
import { ClientMessage, ServerMessage, TokenService } from "@orrery/schema/router/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import type { Host } from "@orrery/service";
import { encodeBytes, openFrame } from "@orrery/wire";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startWorldInMemory } from "./world.testing.ts";

/** A game hour in a second. */
const RATE = 3_600;
let host: Host;

beforeEach(async () => {
  host = await startWorldInMemory("vale", RATE);
});
afterEach(() => host.stop());

/** The bytes that a fresh player is sent, as they come. */
async function record(): Promise<{ readonly bytes: Uint8Array[]; close(): void }> {
  const issuer = host.directory.client(TokenService, { role: "anyone", id: "", scopes: [] });
  const { token } = await issuer.issue({ deviceId: "d" });
  const socket = new WebSocket(`${host.url?.replace("http", "ws")}/ws`, "orrery.v1");
  const bytes: Uint8Array[] = [];
  socket.on("message", (data: Buffer) => bytes.push(new Uint8Array(data)));
  await new Promise((resolve) => socket.once("open", resolve));
  const subscriptions = [{ id: "all", allRegions: true }];
  const value = { token, deviceId: "d", worldId: "vale", versions: [1], subscriptions };
  socket.send(encodeBytes(ClientMessage, { message: { case: "hello", value } }));
  return { bytes, close: () => socket.close() };
}

/** Server-only fields that a message, or one within it, has set. */
function secretsOf(message: ReflectMessage): string[] {
  return message.fields.flatMap((field) => {
    if (!message.isSet(field)) return [];
    if (getOption(field, server_only)) return [`${message.desc.typeName}.${field.name}`];
    if (field.fieldKind === "message") return secretsOf(message.get(field));
    if (field.fieldKind === "list" && field.listKind === "message")
      return [...message.get(field)].flatMap((item) => secretsOf(item as ReflectMessage));
    return [];
  });
}

function eventsIn(bytes: Uint8Array): { type: string; snapshot: boolean; secrets: string[] }[] {
  const { message } = ServerMessage.decode(bytes);
  if (message.case !== "batch" && message.case !== "snapshot") return [];
  return message.value.frames
    .flatMap((frame) => [...openFrame(frame).events()])
    .map(({ type, payload }) => {
      const codec = codecs.get(type);
      if (codec === undefined) throw new Error(`a client was sent an unknown ${type}`);
      const secrets = secretsOf(reflect(codec.schema, codec.decode(payload) as Message));
      return { type, snapshot: message.case === "snapshot", secrets };
    });
}

it("gives no server-only field to a fresh player, in snapshots and in hours of live events", async () => {
  let secret = 0;
  const inside = host.surroundings.bus.subscribe({
    id: "test/inside",
    types: [WeatherChanged.typeName],
    order: "none",
    handle: (event) => void (secret += event.decode(WeatherChanged).systemId === undefined ? 0 : 1),
  });
  const recording = await record();
  const looked: ReturnType<typeof eventsIn> = [];
  let messages = 0;
  const events = () => {
    for (; messages < recording.bytes.length; messages++)
      looked.push(...eventsIn(recording.bytes[messages] as Uint8Array));
    return looked;
  };
  const sent = () => events().filter(({ type }) => type === WeatherChanged.typeName);
  await vi.waitUntil(() => secret > 20 && sent().length > 30, { timeout: 45_000, interval: 200 });
  recording.close();
  await inside.drain();
  expect(new Set(sent().map(({ snapshot }) => snapshot))).toEqual(new Set([true, false]));
  expect(events().flatMap(({ secrets }) => secrets)).toEqual([]);
}, 90_000);
