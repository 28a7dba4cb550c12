import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { allSessions } from "./sessions.ts";

/** Where a player is in, and by what. Services lists everybody's, with the way out. */
export function PlayerSessions({ valley, player }: { readonly valley: Valley; readonly player: string }) {
  const { answer, problem } = useAsk(`sessions of ${player}`, async () => {
    const { sessions } = await allSessions(valley);
    return sessions.filter(({ playerId }) => playerId === player);
  });
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  return (
    <>
      <h3>Sessions</h3>
      {answer.length === 0 && <p className="soft">Not in.</p>}
      <ul>
        {answer.map(({ sessionId, worldId, deviceId, engine, engineVersion, platform, connectedMs }) => (
          <li key={sessionId}>
            in <b>{worldId}</b> since {new Date(connectedMs).toLocaleTimeString()} by {engine || "a client"}{" "}
            {engineVersion}
            {platform !== "" && ` on ${platform.slice(0, 60)}`}{" "}
            <span className="faint mono">
              {deviceId} {sessionId}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
