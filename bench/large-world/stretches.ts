/** Looked at so often; a timer is late by what kept the thread. */
const LOOK_MS = 1;

export interface Stretches {
  /** CPU of the main thread's longest stretch since the last call, ms: sockets, clock and other services stood so long. */
  takeLongest(): number;
  stop(): void;
}

/**
 * How long the main thread is kept from its other work, by its own CPU time: what another process or a disk takes is not
 * counted. Between two looks lies at least one turn of the loop.
 */
export function watchStretches(): Stretches {
  let longest = 0;
  let last = process.threadCpuUsage();
  function look(): void {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    longest = Math.max(longest, (user + system) / 1_000);
  }
  const timer = setInterval(look, LOOK_MS);
  return {
    takeLongest() {
      look();
      const taken = longest;
      longest = 0;
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}
