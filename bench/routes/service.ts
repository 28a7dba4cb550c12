import { Code, ConnectError } from "@connectrpc/connect";
import { SnapshotService } from "@orrery/schema/router/v1";
import { defineService, serve } from "@orrery/service";

/** How an instance answers from now on. */
export interface Behaviour {
  readonly tookMs: number;
  readonly fails: boolean;
}

export const KEY = "the key of a deployment of a bench";

/** Answers with its own number, after a while. */
export const echoing = (number: number, behaviour: () => Behaviour, asked: () => void) =>
  defineService({
    id: "echo",
    summary: "Answers with its own number.",
    rpc: [
      serve(SnapshotService, {
        async snapshot() {
          asked();
          const { tookMs, fails } = behaviour();
          await new Promise((resolve) => setTimeout(resolve, tookMs));
          if (fails) throw new ConnectError("not today", Code.Unavailable);
          return { frame: new Uint8Array([number]) };
        },
      }),
    ],
  });
