import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type BeatInit, type RegistrationInit, RegistryService } from "@orrery/schema/capability/v1";
import type { Clock } from "@orrery/bus";
import type { Hosted } from "../hosted.ts";
import type { Logger } from "../log.ts";
import type { Directory } from "../rpc/directory.ts";
import { serviceErrors } from "../errors.ts";
import { failureOf } from "../rpc/failure.ts";
import { describeInstance, type Reach, stateOf } from "./describe-instance.ts";

/**
 * Makes the services of a process known to the deployment's registry, and keeps them known: one call says of all of
 * them that they live. Where no registry is among the services of the deployment, it does nothing.
 */
export interface Registering {
  /** Something changed that others should know now, not with the next heartbeat. */
  hurry(): void;
  /** Nothing new is to come to these services. */
  drain(deadlineMs: number): Promise<void>;
  /** They are gone. Before the registry itself goes, where that is one of them. */
  leave(): Promise<void>;
}

const HEARTBEAT_MS = 5_000;
const SPREAD = 0.1;
const RETRY_FIRST_MS = 250;
const RETRY_LAST_MS = 5_000;
/** A registry that does not answer for so long is away. */
const ANSWER_MS = 2_000;
/** One that starts at the same time does not answer yet: only after so many tries somebody is told. */
const TOLD_AFTER = 5;
/** Instances of one call. */
const MOST = 64;
/** The way out is not held up by a registry that is away. */
const LEAVE_MS = 1_000;

/** What was said of one service, and under which id. */
interface Known {
  readonly instanceId: string;
  /** The run that it is the id of: another one is another instance. */
  readonly run: unknown;
  /** Undefined: it is to be said anew. */
  said: RegistrationInit | undefined;
  /** For good: another instance took its place, or it says what it may not. */
  refused?: boolean;
}

/** @param isServed some service of the deployment is the registry */
export function startRegistering(
  isServed: boolean,
  hosted: () => readonly Hosted[],
  reach: () => Reach,
  around: { readonly clock: Clock; readonly log: Logger; readonly directory: Directory },
): Registering {
  const { clock, directory } = around;
  const log = around.log.child({ part: "registering" });
  const client = directory.client(RegistryService, { role: "service", id: "kit", scopes: [] });
  const sourceId = randomUUID();
  const known = new Map<string, Known>();
  const stopping = new AbortController();
  let waking = new AbortController();
  let failures = 0;
  const terms = () => ({ timeoutMs: ANSWER_MS });

  function knownOf({ definition, running }: Hosted): Known {
    const before = known.get(definition.id);
    // One that waits for its start is the instance that it becomes.
    if (
      before !== undefined &&
      (before.run === running || before.run === undefined || running === undefined)
    ) {
      if (before.run === running || running === undefined) return before;
      const begun = { ...before, run: running };
      known.set(definition.id, begun);
      return begun;
    }
    const made: Known = { instanceId: randomUUID(), run: running, said: undefined };
    known.set(definition.id, made);
    return made;
  }

  async function beat(): Promise<void> {
    const unsaid: { readonly one: Known; readonly now: RegistrationInit }[] = [];
    const beats: BeatInit[] = [];
    for (const service of hosted()) {
      const one = knownOf(service);
      if (one.refused) continue;
      const now = describeInstance(service, one.instanceId, reach());
      if (one.said === undefined || !isDeepStrictEqual({ ...one.said, state: now.state }, now))
        unsaid.push({ one, now });
      else beats.push({ instanceId: one.instanceId, state: stateOf(service), ...loadOf(service) });
    }
    // First those that are known: what is wrong with another is not their fault.
    for (let at = 0; at < beats.length; at += MOST) {
      const { unknown } = await client.heartbeat({ sourceId, beats: beats.slice(at, at + MOST) }, terms());
      for (const one of known.values()) if (unknown.includes(one.instanceId)) one.said = undefined;
      if (unknown.length > 0) waking.abort();
    }
    for (let at = 0; at < unsaid.length; at += MOST) await register(unsaid.slice(at, at + MOST));
  }

  async function register(some: readonly { readonly one: Known; readonly now: RegistrationInit }[]) {
    try {
      const instances = some.map(({ now }) => now);
      await client.register({ sourceId, instances, idempotencyKey: randomUUID() }, terms());
      for (const { one, now } of some) one.said = now;
    } catch (error) {
      const [only] = some;
      const { code, retryable } = failureOf(error);
      if (retryable || code === serviceErrors.RPC_NO_ANSWER.code) throw error;
      // One of them is refused: apart, the others are made known.
      if (some.length > 1) for (const each of some) await register([each]);
      else if (only !== undefined) {
        only.one.refused = true;
        log.error({ err: error, service: only.now.serviceId }, "the registry does not take this service");
      }
    }
  }

  async function run(): Promise<void> {
    for (let retryMs = RETRY_FIRST_MS; !stopping.signal.aborted; ) {
      waking = new AbortController();
      let pauseMs = HEARTBEAT_MS * (1 + SPREAD * (randomInt(-1_000, 1_001) / 1_000));
      try {
        await beat();
        if (failures >= TOLD_AFTER) log.info({}, "the registry answers");
        failures = 0;
        retryMs = RETRY_FIRST_MS;
      } catch (error) {
        failures += 1;
        log[failures === TOLD_AFTER ? "warn" : "debug"]({ err: error }, "the registry does not answer");
        pauseMs = retryMs;
        retryMs = Math.min(2 * retryMs, RETRY_LAST_MS);
      }
      await clock.sleep(pauseMs, AbortSignal.any([stopping.signal, waking.signal]));
    }
  }

  const running = isServed ? run() : undefined;
  const ids = () => [...known.values()].flatMap(({ instanceId, said }) => (said ? [instanceId] : []));

  async function goodbye(say: (instanceIds: string[]) => Promise<unknown>): Promise<void> {
    if (running === undefined) return;
    for (let all = ids(); all.length > 0; all = all.slice(MOST))
      await say(all.slice(0, MOST)).catch((error: unknown) =>
        log.debug({ err: error }, "the registry was not told; the lease runs out by itself"),
      );
  }

  return {
    hurry: () => waking.abort(),
    drain: (deadlineMs) =>
      goodbye((instanceIds) =>
        client.drain({ instanceIds, deadlineMs, idempotencyKey: randomUUID() }, { timeoutMs: LEAVE_MS }),
      ),
    async leave() {
      stopping.abort();
      await running;
      await goodbye((instanceIds) =>
        client.deregister({ instanceIds, idempotencyKey: randomUUID() }, { timeoutMs: LEAVE_MS }),
      );
      known.clear();
    },
  };
}

function loadOf({ running }: Hosted): Pick<BeatInit, "load"> {
  if (running === undefined) return {};
  const { inFlight, ewmaMs, errorRate } = running.load;
  return { load: { inFlight, ewmaMs, errorRate } };
}
