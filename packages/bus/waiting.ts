import { messageOf } from "./retry.ts";
import type { SubscriptionSpec, Transport, TransportLag } from "./transport.ts";

/** What one subscription has not handled yet of a world. */
export interface Waiting {
  readonly subscription: string;
  /** Events of this world, or of which nobody knows whose they are. */
  readonly events: number;
  /** Of each publisher that has something waiting: up to where it is handled. */
  readonly handled: ReadonlyMap<string, number>;
  /** Why it cannot be read: then there may be any number of them. */
  readonly unknown?: string;
}

/**
 * Who has not handled yet what was said in a world, of all that something follows from: subscriptions of single types
 * that live on without a member. One that hears everything keeps or shows it and decides nothing.
 */
export async function waitingIn(world: string, transport: Transport): Promise<readonly Waiting[]> {
  const known = await transport.subscriptions();
  const rows = await Promise.all(
    known.filter((spec) => isDecisive(spec, world)).map((spec) => waitingAt(spec.id, world, transport)),
  );
  return rows.filter(({ events, unknown }) => events > 0 || unknown !== undefined);
}

const isDecisive = ({ ephemeral = false, types, worlds }: SubscriptionSpec, world: string) =>
  !ephemeral && !types.includes("*") && (worlds === undefined || worlds.includes(world));

async function waitingAt(subscription: string, world: string, transport: Transport): Promise<Waiting> {
  let lag: TransportLag;
  try {
    lag = await transport.lag(subscription, "open");
  } catch (error) {
    return { subscription, events: 0, handled: new Map(), unknown: messageOf(error) };
  }
  const handled = new Map<string, number>();
  let ofOthers = 0;
  for (const one of lag.publishers) {
    if (one.events > 0 && one.world === world) handled.set(one.publisher, one.handled);
    else ofOthers += one.events;
  }
  return { subscription, events: Math.max(0, lag.events - ofOthers), handled };
}
