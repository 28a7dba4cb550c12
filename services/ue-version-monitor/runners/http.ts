import type { Clock } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import { placeOf } from "../feeds/request.ts";
import { signed } from "../hooks/signature.ts";
import type { Job, Runner } from "./runner.ts";

const TIMEOUT_MS = 10_000;

/**
 * Hands jobs to whatever builds: `POST` with the job, `GET <url>/<job_ref>` whether it is known, `DELETE` when nobody waits for
 * it. Each is signed, and the job's token comes back with every report.
 */
export function httpRunner(url: string, secret: string, clock: Clock, hostMs: () => number): Runner {
  async function ask(method: string, path: string, body: string): Promise<number> {
    const late = new AbortController();
    const ended = new AbortController();
    void clock.sleep(TIMEOUT_MS, ended.signal).then(() => late.abort());
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          "content-type": "application/json",
          "orrery-signature": signed(secret, Math.floor(hostMs() / 1_000), body),
        },
        ...(body !== "" && { body }),
        redirect: "error",
        signal: late.signal,
      });
      await response.body?.cancel();
      return response.status;
    } finally {
      ended.abort();
    }
  }
  const rejected = (given: string, cause?: unknown) =>
    new OrreryError(engineErrors.ENGINE_RUNNER_REJECTED, { given, cause });

  async function post(kind: "upgrade" | "rollback", job: Job): Promise<void> {
    const status = await ask("POST", "", JSON.stringify({ kind, ...job })).catch((cause: unknown) => {
      throw rejected(`${placeOf(url)} does not answer`, cause);
    });
    if (status < 200 || status > 299) throw rejected(`${placeOf(url)} answered ${status}`);
  }

  return {
    start: (job) => post("upgrade", job),
    async knows(jobRef) {
      const status = await ask("GET", `/${encodeURIComponent(jobRef)}`, "");
      if (status === 404 || status === 410) return false;
      if (status < 200 || status > 299) throw rejected(`${placeOf(url)} answered ${status}`);
      return true;
    },
    rollBack: (job) => post("rollback", job),
    async end(jobRef) {
      await ask("DELETE", `/${encodeURIComponent(jobRef)}`, "").catch(() => undefined);
    },
    async endAll() {},
  };
}
