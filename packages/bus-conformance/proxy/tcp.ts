import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut, slowed and made to hang. */
export interface TcpProxy {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  /** Pairs of sockets at present. */
  readonly connections: number;
  /** Ends every connection at once with a reset; new ones are taken. */
  cut(): void;
  /** Half-open: sockets stay, nothing passes either way, until `resume`. New connections hang too. */
  stall(): void;
  /** Every piece waits this long, ± `spreadMs` by `random`, in order. 0: at once again. */
  slow(ms: number, spreadMs?: number): void;
  /** Everything passes at once again. */
  resume(): void;
  /** Resets each connection that is there when it has sent this many more bytes to the server. */
  resetAfter(bytes: number): void;
  /** What the server says from now on is thrown away, until `resume`: requests arrive, replies are lost. */
  deafen(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes to the server until it is reset. */
  left: number;
}

/** @param target `127.0.0.1:<port>` of the server; @param random 0..1 */
export async function startTcpProxy(target: string, random: () => number): Promise<TcpProxy> {
  const [host = "", port = ""] = target.split(":");
  const pairs = new Set<Pair>();
  let stalled: PromiseWithResolvers<void> | undefined;
  let delay = { ms: 0, spreadMs: 0 };
  let deaf = false;

  function end(pair: Pair): void {
    if (!pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  }

  /** Passes pieces on in order, each as late as it must be. */
  async function pass(pair: Pair, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        if (stalled !== undefined) await stalled.promise;
        if (delay.ms > 0)
          await new Promise((resolve) =>
            setTimeout(resolve, Math.max(0, delay.ms + (2 * random() - 1) * delay.spreadMs)),
          );
        if (!pairs.has(pair)) return;
        if (from === pair.server && deaf) continue;
        if (from === pair.client) {
          pair.left -= piece.length;
          if (pair.left < 0) {
            // What fits still arrives: a message may be cut in its middle.
            to.write(piece.subarray(0, piece.length + pair.left));
            return end(pair);
          }
        }
        if (!to.write(piece))
          await new Promise((resolve) => to.once("drain", resolve).once("close", resolve));
      }
      to.end();
    } catch {
      end(pair);
    }
  }

  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ host, port: Number(port), noDelay: true });
    const pair: Pair = { client, server, left: Number.POSITIVE_INFINITY };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on("error", () => end(pair));
      socket.on("close", () => end(pair));
    }
    void pass(pair, client, server);
    void pass(pair, server, client);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));

  const resume = () => {
    stalled?.resolve();
    stalled = undefined;
    delay = { ms: 0, spreadMs: 0 };
    deaf = false;
  };
  const cut = () => {
    for (const pair of [...pairs]) end(pair);
  };
  return {
    address: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get connections() {
      return pairs.size;
    },
    cut,
    stall: () => void (stalled ??= Promise.withResolvers()),
    slow: (ms, spreadMs = 0) => void (delay = { ms, spreadMs }),
    resume,
    resetAfter(bytes) {
      for (const pair of pairs) pair.left = bytes;
    },
    deafen: () => void (deaf = true),
    close() {
      resume();
      cut();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}
