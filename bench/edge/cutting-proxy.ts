import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to the edge that can be cut: what is under way is lost, as on a bad line. */
export interface CuttingProxy {
  readonly url: string;
  readonly cuts: number;
  /** Resets all that is open, and refuses newcomers for so long. */
  cut(forMs?: number): void;
  close(): void;
}

/** @param target asked for each connection, so that the edge may move */
export async function cuttingProxy(target: () => string): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let refuseUntilMs = 0;
  let cuts = 0;
  const server = createServer((client) => {
    if (performance.now() < refuseUntilMs) return client.resetAndDestroy();
    const { hostname, port } = new URL(target());
    const edge = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, edge],
      [edge, client],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => {});
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    get cuts() {
      return cuts;
    },
    cut(forMs = 0) {
      cuts += 1;
      refuseUntilMs = performance.now() + forMs;
      for (const socket of open) socket.resetAndDestroy();
    },
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
