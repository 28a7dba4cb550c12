// The same fan-out on Colyseus: a room for each region, which tells its clients 20 times a second what happened there.
// It sends back what clients say. node bench/peers/colyseus.ts '{"port": 0}'
import { type Client, Room, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeBytes } from "@orrery/wire";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import type { FromServer, ToServer } from "../edge/protocol.ts";
import { REGIONS } from "../edge/protocol.ts";
import { usageNow } from "../edge/usage.ts";

const { port = 0 } = JSON.parse(process.argv[2] ?? "{}") as { port?: number };
const TICK_MS = 50;
const tell = (message: FromServer) => process.send?.(message);
let eventsPerS = 0;
let count = 0;

class Region extends Room {
  override maxClients = 10_000;
  override autoDispose = false;
  #due = 0;
  #lastMs = performance.now();

  override onCreate({ region }: { region: string }): void {
    this.onMessage("echo", (client: Client, said: unknown) => client.send("echo", said));
    this.clock.setInterval(() => this.#tick(region), TICK_MS);
  }

  override onJoin(client: Client): void {
    client.send("welcome");
  }

  #tick(regionId: string): void {
    const now = performance.now();
    this.#due += ((now - this.#lastMs) / 1000) * (eventsPerS / REGIONS.length);
    this.#lastMs = now;
    const events: Uint8Array[] = [];
    for (; this.#due >= 1; this.#due -= 1) {
      count += 1;
      events.push(
        encodeBytes(WeatherChanged, { regionId, atGs: count, revision: count, temperatureC: count % 40 }),
      );
    }
    if (events.length > 0) this.broadcastBytes("events", Buffer.concat(events), {});
  }
}

const http = createServer();
const server = new Server({ transport: new WebSocketTransport({ server: http }), greet: false });
server.define("region", Region).filterBy(["region"]);
// Whoever drives it has ended: nothing is to run on behind it.
process.once("disconnect", () => process.exit());
process.on("message", (message: ToServer) => {
  if ("load" in message) {
    ({ eventsPerS } = message.load);
    return tell({ loaded: count });
  }
  tell({ usage: usageNow() });
});
await server.listen(port, "127.0.0.1");
tell({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
