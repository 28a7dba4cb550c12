import { EdgeService, type Session } from "@orrery/schema/router/v1";
import { useState } from "react";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import type { Valley } from "../data/valley.ts";
import { wallClock } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { KickForm } from "./kick-form.tsx";
import { whoIs } from "./who.ts";

const LOOK_MS = 3_000;
const [FIRST, MOST] = [100, 500];

/** Who is connected, by the door that this page came in by. */
export function SessionTable({ valley }: { readonly valley: Valley }) {
  const edge = valley.world.rpc(EdgeService);
  const [size, more] = usePageSize(FIRST, MOST);
  const [leaving, setLeaving] = useState<string>();
  const act = useAct();
  const { answer, problem } = useAsk(
    `sessions ${size}`,
    () => edge.listSessions({ pageSize: size }),
    LOOK_MS,
    act.done,
  );
  const kick = (sessionId: string, note: string) =>
    act.run(async () => {
      setLeaving(undefined);
      const { kicked } = await edge.kick({ sessionId, note, idempotencyKey: crypto.randomUUID() });
      return kicked ? "Sent away." : "Already gone.";
    });
  return (
    <section aria-label="Sessions">
      <h2>Sessions</h2>
      <p className="soft">
        Who came in by the door that this page came in by. Whoever is kicked stays out until they open the
        game anew.
      </p>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer !== undefined && (
        <table>
          <thead>
            <tr>
              <th>Who</th>
              <th>World</th>
              <th>With</th>
              <th>Since</th>
              <th className="number">Sent, events</th>
              <th className="number">Unread</th>
              <th>
                <span className="soft">Act</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {answer.sessions.map((session) => (
              <tr key={session.sessionId}>
                <td>
                  {whoIs(session.playerId)} <span className="mono faint">{session.playerId}</span>
                </td>
                <td className="mono">{session.worldId}</td>
                <td>{session.engine === "" ? "unknown" : session.engine}</td>
                <td>
                  <time title={new Date(session.connectedMs).toLocaleString()}>
                    {wallClock(session.connectedMs)}
                  </time>
                </td>
                <td className="number">{session.sent.toLocaleString("en")}</td>
                <td className="number">{session.queueEvents.toLocaleString("en")}</td>
                <td>
                  {isThisPage(session, valley) ? (
                    <span className="soft">this page</span>
                  ) : leaving === session.sessionId ? (
                    <KickForm
                      onKick={(note) => void kick(session.sessionId, note)}
                      onLeave={() => setLeaving(undefined)}
                    />
                  ) : (
                    <button
                      type="button"
                      className="chip"
                      disabled={act.busy}
                      aria-label={`Kick ${session.playerId}`}
                      onClick={() => setLeaving(session.sessionId)}
                    >
                      Kick
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreRows
        shown={answer?.sessions.length ?? 0}
        goesOn={(answer?.nextPageToken ?? "") !== ""}
        isMost={size === MOST}
        onMore={more}
      />
      <Outcome act={act} />
    </section>
  );
}

const isThisPage = ({ deviceId }: Session, { deviceId: own }: Valley) => deviceId === own;
