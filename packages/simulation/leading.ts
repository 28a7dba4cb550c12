import type { Kit } from "@orrery/service";
import { createLease, type Lease } from "./lease.ts";

const TRY_MS = 1_000;

/**
 * One process at a time does something, by a lease in the database; the others stand by, and try each second to take
 * over. A try that fails is told and made again, but for the first of a start, which fails the start.
 * @param name `<service>/<name>` is the lease
 * @param lead begins to; gives back how it ends. Its second argument says that the lease is another's already
 */
export async function leading(
  kit: Kit,
  name: string,
  lead: (lease: Lease, refused: () => void) => Promise<() => Promise<void>>,
): Promise<{ stop(): Promise<void> }> {
  const lease = createLease(kit.store, `${kit.service}/${name}`, kit.instance, kit.clock);
  const stopping = new AbortController();
  let end: (() => Promise<void>) | undefined;
  let refuse: () => void = () => {};

  async function begin(): Promise<void> {
    end = await lead(lease, () => refuse());
  }

  async function standBy(): Promise<void> {
    const ending = end;
    end = undefined;
    await ending?.();
  }

  async function stay(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (end === undefined && !(await lease.acquire())) {
          await kit.clock.sleep(TRY_MS, stopping.signal);
          continue;
        }
        if (end === undefined) await begin();
      } catch (error) {
        kit.log.error({ err: error, name }, "could not take over; it is tried again");
        await lease.release().catch(() => undefined);
        await kit.clock.sleep(TRY_MS, stopping.signal);
        continue;
      }
      const { promise: lost, resolve } = Promise.withResolvers<void>();
      refuse = resolve;
      const keeping = new AbortController();
      const kept = lease.keep(AbortSignal.any([stopping.signal, keeping.signal]), resolve);
      await Promise.race([lost, kept]);
      keeping.abort();
      if (stopping.signal.aborted) return;
      kit.log.error({ name }, "another process has taken over; this one stands by");
      await standBy();
    }
  }

  if (await lease.acquire()) await begin();
  const staying = stay();
  return {
    async stop() {
      stopping.abort();
      await staying;
      await standBy();
      await lease
        .release()
        .catch((error: unknown) => kit.log.debug({ err: error }, "the lease runs out by itself"));
    },
  };
}
