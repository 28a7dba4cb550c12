import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { FlagChanged, FlagService, FlagSnapshotSchema } from "@orrery/schema/settings/v1";
import { fromJsonString } from "@bufbuild/protobuf";
import type { Kit, Part } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import { applied, type FlagSet, flagSetOf } from "../flag-set.ts";
import { type Exposures, exposures } from "./exposures.ts";
import { type Flags, knownFlags } from "./flags.ts";

export interface FollowOptions {
  /** A FlagSnapshot as JSON, to go by until the service answers. */
  readonly bootstrapFile?: string;
}

/** How often the service is asked whether it is there, and what was missed. */
const ASK_EVERY_MS = 20_000;
const FIRST_TRIES_MS = 500;
const REPORT_EVERY_MS = 60_000;
const REPORTED_MOST = 1_000;

/**
 * Flags in a process: fetched whole once, then kept current by FlagChanged, and fetched again where a version is missing. Until
 * they are loaded the service that has this part is not ready.
 */
export function followFlags({ bootstrapFile }: FollowOptions = {}): Part<Flags> {
  return {
    name: "flags",
    publishes: [],
    subscribes: [FlagChanged.typeName],
    async start(kit) {
      const seen = exposures(() => kit.hostMs());
      const known = knownFlags(() => kit.clock.now(), seen.count);
      if (bootstrapFile !== undefined) known.take(await readBootstrap(bootstrapFile));
      const stopping = new AbortController();
      let asking: Promise<void> | undefined;

      async function ask(): Promise<void> {
        const { set, ready } = known.flags;
        // A bootstrap file's version counts for nothing here.
        const sinceVersion = ready && loaded ? set.version : 0;
        const answer = await kit.client(FlagService).getSnapshot({ sinceVersion });
        known.heard();
        const { whole, changes } = answer;
        let next: FlagSet | undefined = whole === undefined ? known.flags.set : flagSetOf(whole);
        if (whole !== undefined && loaded && next.version < known.flags.set.version) next = undefined;
        for (const change of changes) next = next && applied(next, change);
        loaded = true;
        if (next !== undefined && next !== known.flags.set) known.take(next);
      }
      let loaded = false;
      const askOnce = () => (asking ??= ask().finally(() => (asking = undefined)));

      const subscription = kit.bus.subscribe({
        id: `${kit.service}/flags-${kit.instance}`,
        types: [FlagChanged.typeName],
        worlds: [PLATFORM],
        order: "key",
        from: "latest",
        ephemeral: true,
        async handle(event) {
          known.heard();
          const next = loaded ? applied(known.flags.set, event.decode(FlagChanged)) : undefined;
          if (next === undefined) await askOnce().catch(() => undefined);
          else if (next !== known.flags.set) known.take(next);
        },
      });
      await subscription.ready;
      const running = stayCurrent(kit, stopping.signal, askOnce, () => loaded);
      const reporting = reportSeen(kit, stopping.signal, seen);
      kit.health.add({
        name: "flags",
        kind: "dependency",
        ask: () => (known.flags.ready ? undefined : "flags were never loaded: settings does not answer"),
      });
      kit.health.add({
        name: "flags' age",
        kind: "notice",
        ask: () =>
          known.flags.stale ? "settings has not answered for a minute: flags may be old" : undefined,
      });
      return {
        handle: known.flags,
        async stop() {
          stopping.abort();
          await running;
          await reporting;
          await subscription.drain();
        },
      };
    },
  };
}

async function stayCurrent(
  kit: Kit,
  stopping: AbortSignal,
  ask: () => Promise<void>,
  loaded: () => boolean,
): Promise<void> {
  while (!stopping.aborted) {
    await ask().catch((error: unknown) => kit.log.debug({ err: error }, "flags were not answered"));
    await kit.clock.sleep(loaded() ? ASK_EVERY_MS : FIRST_TRIES_MS, stopping);
  }
}

/** Says once a minute who saw what. What is under way when the process is killed is not counted. */
async function reportSeen(kit: Kit, stopping: AbortSignal, seen: Exposures): Promise<void> {
  while (!stopping.aborted) {
    await kit.clock.sleep(REPORT_EVERY_MS, stopping);
    const exposed = seen.take(REPORTED_MOST);
    if (exposed.length === 0) continue;
    const request = { exposures: exposed, idempotencyKey: randomUUID() };
    const report = () => kit.client(FlagService).reportExposures(request);
    // Under one key, so that an answer that got lost counts nothing twice.
    await report()
      .catch(report)
      .catch((error: unknown) => kit.log.debug({ err: error }, "exposures were not reported"));
  }
}

const readBootstrap = async (file: string): Promise<FlagSet> =>
  flagSetOf(fromJsonString(FlagSnapshotSchema, await readFile(file, "utf8")));
