import { connectFrom, type ConnectOptions, type World } from "../connect.ts";
import { createFakeEdge, type FakeEdge, type Terms } from "./edge.ts";
import { createVirtualTime, settle, type VirtualTime } from "./virtual-time.ts";

/** A client, an edge and a clock that belong together. */
export interface ClientInTime {
  readonly time: VirtualTime;
  readonly edge: FakeEdge;
  /** Connects while time goes on. */
  connect(options?: Partial<ConnectOptions>): Promise<World>;
  /** Timers of clients that may still run. */
  readonly timers: number;
  /** What a promise comes to within `ms`; "open" when it does not settle. */
  within<T>(ms: number, promise: Promise<T>): Promise<{ value: T } | { error: unknown } | "open">;
}

const START_MS = 1_700_000_000_000;

export function clientInTime(given: Partial<Terms> = {}, random: () => number = () => 0.5): ClientInTime {
  const time = createVirtualTime(START_MS);
  const edge = createFakeEdge(time, {
    down: false,
    dumb: false,
    refusals: [],
    forgetful: false,
    delayMs: () => 5,
    snapshotMs: () => 20,
    refuseLook: () => undefined,
    call: ({ id }, end) =>
      end.send({
        message: { case: "reply", value: { id, result: { case: "response", value: new Uint8Array() } } },
      }),
    ...given,
  });
  let timers = 0;
  const around = {
    now: time.now,
    after(ms: number, run: () => void) {
      timers += 1;
      let over = false;
      const end = () => {
        timers -= over ? 0 : 1;
        over = true;
      };
      const cancel = time.after(ms, () => {
        end();
        run();
      });
      return () => {
        end();
        cancel();
      };
    },
    dial: () => edge.dial(),
    random,
  };

  async function within<T>(ms: number, promise: Promise<T>) {
    let met: { value: T } | { error: unknown } | "open" = "open";
    promise.then(
      (value) => (met = { value }),
      (error: unknown) => (met = { error }),
    );
    for (let passed = 0; passed < ms && met === "open"; passed += 100) await time.advance(100);
    await settle();
    return met as { value: T } | { error: unknown } | "open";
  }

  return {
    time,
    edge,
    within,
    get timers() {
      return timers;
    },
    async connect(options = {}) {
      const met = await within(
        60_000,
        connectFrom(around, {
          url: "http://edge.example",
          world: "w",
          deviceId: "d",
          token: async () => "token",
          ...options,
        }),
      );
      if (met === "open") throw new Error("connect() did not settle within a minute");
      if ("error" in met) throw met.error;
      return met.value;
    },
  };
}
