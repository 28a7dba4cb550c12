import type { DescMethod } from "@bufbuild/protobuf";
import { OrreryError } from "@orrery/wire";
import type { ServiceDefinition } from "./define.ts";
import { describe } from "./describe.ts";
import { serviceErrors } from "./errors.ts";
import type { HealthReport } from "./health.ts";
import type { Peer } from "./kit.ts";
import { type RunningService, startService, type Surroundings } from "./lifecycle.ts";
import { toConnectError } from "./rpc/errors.ts";
import type { Method } from "./rpc/mount.ts";
import { refusing } from "./rpc/refusing.ts";
import { failedReport, reasonOf, refusalOf, type StartFailure, startingReport } from "./start-failure.ts";
import { metricsOf } from "./telemetry.ts";

/** Pauses between tries double from the first to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** A service that a process is to run: it runs, or it says why it does not. */
export interface Hosted {
  readonly definition: ServiceDefinition<any>;
  /** Undefined: it has not started, or could not. */
  readonly running: RunningService | undefined;
  /** Undefined: it runs, or is starting for the first time. */
  readonly failure: StartFailure | undefined;
  report(): HealthReport;
  /** A method as it runs now. @throws SERVICE_FAILED, SERVICE_STARTS_AGAIN, SERVICE_NOT_READY */
  method(method: DescMethod): Method | undefined;
  /**
   * Starts it. One that cannot start is tried again in the background, if its error says that this may help.
   * @throws SERVICE_START_FAILED when nothing is to run without it
   */
  start(): Promise<void>;
  /** Ends what runs, and starts another definition in its place. @throws SERVICE_START_FAILED */
  replace(definition: ServiceDefinition<any>): Promise<void>;
  stop(): Promise<void>;
}

export function createHosted(first: ServiceDefinition<any>, around: Surroundings): Hosted {
  const { id } = first;
  const log = around.log.child({ service: id });
  const metrics = metricsOf(around.registry, id);
  const runs = metrics.gauge("orrery_service_running", "1: the service runs; 0: it could not start");
  const failures = metrics.counter("orrery_service_start_failures_total", "Starts that failed", ["code"]);
  let definition = first;
  let running: RunningService | undefined;
  let failure: StartFailure | undefined;
  let waiting = new AbortController();
  let retrying: Promise<void> | undefined;

  const refusal = () => refusalOf(id, failure, around.clock.now());

  /** @returns what it failed with */
  async function attempt(): Promise<OrreryError | undefined> {
    try {
      running = await startService(definition, around);
      if (failure !== undefined) log.info({ tries: failure.tries + 1 }, "it has started");
      failure = undefined;
      runs(1);
      return undefined;
    } catch (error) {
      const failed = error as OrreryError;
      note(failed);
      return failed;
    }
  }

  function note(failed: OrreryError): void {
    const { code, message, todo, retryable } = reasonOf(failed);
    const tries = (failure?.tries ?? 0) + 1;
    const now = around.clock.now();
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
    const before = failure;
    failure = {
      code,
      message,
      todo,
      sinceMs: before?.sinceMs ?? now,
      tries,
      ...(retryable && { nextMs: now + pauseMs }),
    };
    runs(0);
    failures(1, { code });
    const services = definition.rpc.map(({ service }) => service);
    around.directory.put(id, services, refusing(refusal));
    const then = retryable ? `it is tried again in ${pauseMs / 1000} s` : "it stays so until the next start";
    const isNews = before?.code !== code || before.nextMs === undefined;
    log[isNews ? "error" : "debug"]({ err: failed.cause, code }, `it did not start; ${then}`);
  }

  async function tryAgain(signal: AbortSignal): Promise<void> {
    while (failure?.nextMs !== undefined) {
      await around.clock.sleep(failure.nextMs - around.clock.now(), signal);
      if (signal.aborted) return;
      await attempt();
    }
  }

  async function end(): Promise<void> {
    waiting.abort();
    await retrying;
    retrying = undefined;
    failure = undefined;
    around.directory.remove(id);
    const ended = running;
    running = undefined;
    await ended?.stop();
  }

  return {
    get definition() {
      return definition;
    },
    get running() {
      return running;
    },
    get failure() {
      return failure;
    },
    report: () =>
      running?.health.report() ?? (failure === undefined ? startingReport : failedReport(failure)),
    method(method) {
      if (running === undefined) throw toConnectError(refusal());
      return running.methods.get(method);
    },
    async start() {
      const failed = await attempt();
      if (failed === undefined) return;
      const { essential = definition.http && "it is the door" } = definition;
      if (essential !== undefined) throw inPlaceOf(failed, essential);
      retrying = tryAgain(waiting.signal);
    },
    async replace(next) {
      await end().catch((error) => log.error({ err: error }, "it did not stop cleanly"));
      definition = next;
      waiting = new AbortController();
      const failed = await attempt();
      if (failed === undefined) return;
      retrying = tryAgain(waiting.signal);
      throw failed;
    },
    stop: end,
  };
}

/** The same failure, with why it ends more than the service. */
function inPlaceOf({ given, cause }: OrreryError, essential: string): OrreryError {
  return new OrreryError(serviceErrors.SERVICE_START_FAILED, {
    given: `nothing here runs without it, for ${essential}: ${given}`,
    cause,
  });
}

/** A service of this process as the others see it. */
export function peerOf({ definition, report }: Hosted): Peer {
  return { ...describe(definition), report: async () => report() };
}
