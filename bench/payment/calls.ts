import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Asked {
  readonly id: number;
  readonly of: "wallet" | "operator" | "billing" | "hooks";
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
}
export interface Answered {
  readonly id: number;
  readonly answer?: object;
  readonly code?: string;
  readonly said?: string;
}

/** The service in a process of its own, that is killed and begun again; what had no answer is asked again, as it was. */
export interface KilledService {
  ask(of: Asked["of"], method: string, request: Asked["request"]): Promise<Answered>;
  kill(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
  readonly kills: number;
}

/** Of a process that comes up: it is asked again. */
const PASSING: ReadonlySet<string> = new Set(["SERVICE_NOT_READY", "PAYMENT_STORE_AWAY", "PAYMENT_BUSY"]);
const AGAIN_MS = 50;

export async function startKilled(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<KilledService> {
  const open = new Map<number, { readonly asked: Asked; resolve(answered: Answered): void }>();
  let number = 0;
  let kills = 0;

  async function begin(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, "killed-service.ts"), [folder, JSON.stringify(settings)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "message");
    child.on("message", (answered: Answered) => {
      const waiting = open.get(answered.id);
      if (waiting === undefined) return;
      if (PASSING.has(answered.code ?? ""))
        return void setTimeout(() => child.connected && child.send(waiting.asked), AGAIN_MS);
      open.delete(answered.id);
      waiting.resolve(answered);
    });
    for (const { asked } of open.values()) child.send(asked);
    return child;
  }

  let child = await begin();
  const end = async () => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return {
    ask: (of, method, request) =>
      new Promise((resolve) => {
        const asked = { id: ++number, of, method, request };
        open.set(asked.id, { asked, resolve });
        if (child.connected) child.send(asked);
      }),
    async kill() {
      kills += 1;
      await end();
      child = await begin();
    },
    stop: end,
    get kills() {
      return kills;
    },
  };
}
