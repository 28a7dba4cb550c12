import { RouteHealth, RouteService, type RouteTarget } from "@orrery/schema/router/v1";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

const REST_MS = 300_000;

/** Copies in other processes: how each does, and what holds it off. */
export function TargetTable({
  valley,
  targets,
  onChange,
}: {
  readonly valley: Valley;
  readonly targets: readonly RouteTarget[];
  onChange(): void;
}) {
  const act = useAct();
  const routes = valley.world.rpc(RouteService);
  const rest = ({ targetId }: RouteTarget) =>
    act.run(async () => {
      await routes.eject({ targetId, forMs: REST_MS, idempotencyKey: crypto.randomUUID() });
      onChange();
      return `${targetId} rests for five minutes.`;
    });
  const restore = ({ targetId }: RouteTarget) =>
    act.run(async () => {
      await routes.restore({ targetId, idempotencyKey: crypto.randomUUID() });
      onChange();
      return `${targetId} gets its share again, by and by.`;
    });
  return (
    <>
      <table aria-label="Copies that are called">
        <thead>
          <tr>
            <th>Copy</th>
            <th>Health</th>
            <th className="number">Under way</th>
            <th className="number">At once</th>
            <th className="number">ms a call</th>
            <th className="number">Failed</th>
            <th>Held off</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {targets.map((target) => (
            <tr key={target.targetId}>
              <td className="mono">{target.targetId}</td>
              <td>
                <span className={`state ${target.health === RouteHealth.HEALTHY ? "" : "wary"}`}>
                  {word(RouteHealth, target.health)}
                </span>
                {target.ejectedUntilMs > 0 &&
                  ` until ${new Date(target.ejectedUntilMs).toLocaleTimeString()}`}
              </td>
              <td className="number">{target.inFlight}</td>
              <td className="number">{target.limit}</td>
              <td className="number">{target.latencyMs === 0 ? "–" : target.latencyMs.toFixed(1)}</td>
              <td className="number">
                {target.failures} of {target.calls}
              </td>
              <td className="mono">{target.heldOff.join(" ")}</td>
              <td>
                {target.ejectedUntilMs > 0 || target.heldOff.length > 0 ? (
                  <button
                    type="button"
                    className="chip"
                    disabled={act.busy}
                    aria-label={`Restore ${target.targetId}`}
                    onClick={() => void restore(target)}
                  >
                    Restore
                  </button>
                ) : (
                  <button
                    type="button"
                    className="chip"
                    disabled={act.busy}
                    aria-label={`Let ${target.targetId} rest`}
                    onClick={() => void rest(target)}
                  >
                    Let rest
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Outcome act={act} />
    </>
  );
}
