import { type EndpointInfo, EndpointState, WebhookService } from "@orrery/schema/bus/v1";
import { useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";
import { Secret } from "./secret.tsx";

/** What can be done with one endpoint. */
export function EndpointActs({
  valley,
  info,
  onChange,
}: {
  readonly valley: Valley;
  readonly info: EndpointInfo;
  onChange(): void;
}) {
  const act = useAct();
  const [secret, setSecret] = useState("");
  const webhooks = valley.world.rpc(WebhookService);
  const id = info.endpoint?.id ?? "";
  const does = (what: () => Promise<string>) => async () => {
    await act.run(what);
    onChange();
  };
  const acts: readonly (readonly [string, boolean, () => Promise<string>])[] = [
    [
      "Ask whether it wants events",
      info.state === EndpointState.UNVERIFIED,
      async () => {
        const answer = await webhooks.verifyEndpoint({ id });
        const allowed = answer.info?.allowedPerMin ?? 0;
        return `It agreed${allowed > 0 ? ` to ${allowed.toLocaleString("en")} a minute` : ""}.`;
      },
    ],
    [
      "Send a test",
      info.state !== EndpointState.UNVERIFIED,
      async () => {
        const { status, latencyMs, error } = await webhooks.testEndpoint({ id });
        if (status === 0) throw new Error(`It gave no answer: ${error}`);
        return `It answered ${status} in ${latencyMs.toFixed(0)} ms.`;
      },
    ],
    [
      "Pause",
      info.state === EndpointState.ACTIVE,
      async () => {
        await webhooks.pauseEndpoint({ id });
        return "Nothing is sent until it is resumed; nothing is left out.";
      },
    ],
    [
      "Resume",
      info.state === EndpointState.PAUSED || info.state === EndpointState.DISABLED,
      async () => {
        await webhooks.resumeEndpoint({ id });
        return "It goes on where it stood.";
      },
    ],
    [
      "New secret",
      true,
      async () => {
        const answer = await webhooks.rotateSecret({ id });
        setSecret(answer.secret);
        return `The secret before signs too until ${new Date(answer.oldUntilMs).toLocaleString()}.`;
      },
    ],
  ];
  return (
    <>
      <div className="acts" role="group" aria-label="Endpoint">
        {acts
          .filter(([, possible]) => possible)
          .map(([name, , what]) => (
            <button
              key={name}
              type="button"
              className="chip"
              disabled={act.busy}
              onClick={() => void does(what)()}
            >
              {name}
            </button>
          ))}
        <Remove id={id} busy={act.busy} onRemove={() => void does(() => remove(valley, id))()} />
        <Outcome act={act} />
      </div>
      <Secret secret={secret} />
    </>
  );
}

async function remove(valley: Valley, id: string): Promise<string> {
  await valley.world.rpc(WebhookService).removeEndpoint({ id });
  return "It is gone.";
}

/** Asks once more: its deliveries go with it. */
function Remove({ id, busy, onRemove }: { readonly id: string; readonly busy: boolean; onRemove(): void }) {
  const [sure, setSure] = useState(false);
  return (
    <button
      type="button"
      className="chip"
      disabled={busy}
      onClick={() => (sure ? onRemove() : setSure(true))}
    >
      {sure ? `Remove ${id} and what is under way to it` : "Remove"}
    </button>
  );
}
