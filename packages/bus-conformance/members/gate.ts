import type { Clock, Transport } from "@orrery/bus";

/** What stands between a played process and the world: open, shut for a while, or shut for ever. */
export interface Gate {
  readonly dead: boolean;
  /** Resolves when the process runs; never, when it is dead. */
  pass(): Promise<void>;
  stop(): void;
  go(): void;
  die(): void;
}

export function createGate(): Gate {
  let dead = false;
  let shut: PromiseWithResolvers<void> | undefined;
  return {
    get dead() {
      return dead;
    },
    async pass() {
      while (shut !== undefined) await shut.promise;
    },
    stop: () => void (shut ??= Promise.withResolvers()),
    go() {
      if (dead) return;
      shut?.resolve();
      shut = undefined;
    },
    die() {
      dead = true;
      shut ??= Promise.withResolvers();
    },
  };
}

/** Time as a process sees it that may be stopped: it sleeps on while it stands. */
export function gatedClock(clock: Clock, gate: Gate): Clock {
  return {
    now: () => clock.now(),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      await gate.pass();
    },
  };
}

/** A transport as such a process has it: while it stands nothing goes out, and what comes back is not seen. */
export function gatedTransport(inner: Transport, gate: Gate): Transport {
  const through = async <T>(act: () => Promise<T>): Promise<T> => {
    await gate.pass();
    try {
      return await act();
    } finally {
      await gate.pass();
    }
  };
  return {
    ...inner,
    requeue: (...args) => through(() => inner.requeue(...args)),
    deadLetter: (...args) => through(() => inner.deadLetter(...args)),
    async open(spec) {
      const consumer = await through(() => inner.open(spec));
      return {
        get standby() {
          return consumer.standby;
        },
        close: () => through(() => consumer.close()),
        async pull(...args) {
          const deliveries = await through(() => consumer.pull(...args));
          return deliveries.map((delivery) => ({
            ...delivery,
            settle: () => through(async () => delivery.settle()),
            delay: (ms) => through(() => delivery.delay(ms)),
            renew: () => through(() => delivery.renew()),
          }));
        },
      };
    },
  };
}
