import type { StartFailure } from "./start-failure.ts";

/**
 * Two questions, answered apart. Healthy: does the work advance? A process that is not gets restarted.
 * Ready: are its dependencies there? A process that is not gets no traffic, and is left to recover.
 * A notice is neither: somebody should look, but the process serves as well as any.
 */
export interface Check {
  readonly name: string;
  readonly kind: "progress" | "dependency" | "notice";
  /** Undefined when well; otherwise what is wrong, as a sentence. */
  readonly ask: () => string | undefined;
}

export interface Health {
  add(check: Check): void;
  report(): HealthReport;
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly ready: boolean;
  /** Somebody should look, though all is served: one world or one message is at fault, or something was lost. */
  readonly degraded: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly kind: Check["kind"];
    readonly problem?: string;
  }[];
  /** Frames that are committed and still on their way to the bus: what follows from them is nowhere yet. Undefined: not known. */
  readonly unsent: number | undefined;
  /** Facts without a verdict: codec, durability class, versions. */
  readonly facts: Readonly<Record<string, string>>;
  /** Why it does not run; undefined: it runs. */
  readonly failure?: StartFailure;
}

export function createHealth(
  facts: Readonly<Record<string, string>>,
  unsent: () => number = () => 0,
): Health {
  const checks: Check[] = [];
  return {
    add: (check) => void checks.push(check),
    report() {
      const asked = checks.map(({ name, kind, ask }) => {
        const problem = ask();
        return problem === undefined ? { name, kind } : { name, kind, problem };
      });
      const well = (kind: Check["kind"]) =>
        asked.every((check) => check.kind !== kind || !("problem" in check));
      const healthy = well("progress");
      return {
        healthy,
        ready: healthy && well("dependency"),
        degraded: !well("notice"),
        checks: asked,
        unsent: unsent(),
        facts,
      };
    },
  };
}
