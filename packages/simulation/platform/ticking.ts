import { PlatformDone, TickPlatform } from "@orrery/schema/simulation/v1";
import type { Kit } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import type { ShardWorlds } from "../worlds.ts";
import type { Ticks } from "./commands.ts";

/** The host's clock is looked at this often, so that it is seen when it was set. */
const LONGEST_SLEEP_MS = 5_000;
/** After a tick that failed, or after which the state wants the very same one: the first pause, and the longest. */
const RETRY_MS = { first: 1_000, longest: 30_000 } as const;
/** A reason of its own: without one each waking makes an error with a stack. */
const WOKEN = "woken";

/**
 * The hand that moves the platform: sleeps to the moment that its state waits for, then says that it has come. It decides
 * nothing: what it says is recorded as a command, and a replay does without it.
 */
export function startTicking(
  kit: Pick<Kit, "service" | "clock" | "hostMs" | "log" | "health">,
  worlds: ShardWorlds,
  ticks: Ticks<any>,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let waking = new AbortController();
  let failing: { times: number; why: string } | undefined;
  const unwatch = worlds.onChange(() => waking.abort(WOKEN));

  const dueMs = () =>
    worlds.has(PLATFORM) ? ticks.dueMs(worlds.state(PLATFORM), worlds.derived(PLATFORM)) : undefined;

  async function tick(): Promise<void> {
    const before = dueMs();
    try {
      await worlds.command(PLATFORM, TickPlatform, PlatformDone, {}, { caller: kit.service });
      failing = dueMs() === before ? failed(`it waits for ${before} again, which is past`) : undefined;
    } catch (error) {
      failing = failed(error instanceof Error ? error.message : String(error));
    }
    if (failing?.times === 1) kit.log.error({ reason: failing.why }, "a tick did not move the platform");
    if (failing === undefined) return;
    const pauseMs = Math.min(RETRY_MS.first * 2 ** (failing.times - 1), RETRY_MS.longest);
    await kit.clock.sleep(pauseMs, stopping.signal);
  }

  const failed = (why: string) => ({ times: (failing?.times ?? 0) + 1, why });

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      const due = dueMs();
      const waitMs = due === undefined ? LONGEST_SLEEP_MS : Math.min(due - kit.hostMs(), LONGEST_SLEEP_MS);
      if (waitMs > 0)
        await kit.clock.sleep(Math.ceil(waitMs), AbortSignal.any([waking.signal, stopping.signal]));
      else await tick();
    }
  }
  const running = run();
  kit.health.add({
    name: "ticks",
    kind: "notice",
    ask: () => failing && `the platform does not move: ${failing.why} (${failing.times} times)`,
  });
  return {
    async stop() {
      stopping.abort();
      unwatch();
      await running;
    },
  };
}
