import { InstanceState, RegistryService } from "@orrery/schema/capability/v1";
import { useAsk } from "../data/ask.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";

const PAGE = 100;
const MOST = 500;

/** Every instance that says it is there, whichever door looks. */
export function InstanceTable({ valley }: { readonly valley: Valley }) {
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(
    `instances ${size}`,
    () => valley.world.rpc(RegistryService).listInstances({ pageSize: size, expired: true }),
    2_000,
  );
  return (
    <>
      <h2>Who is there</h2>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer?.instances.length === 0 && <p className="empty">Nobody has registered yet.</p>}
      {answer !== undefined && answer.instances.length > 0 && (
        <table aria-label="Instances">
          <thead>
            <tr>
              <th>Service</th>
              <th>State</th>
              <th>Version</th>
              <th>Answers at</th>
              <th>Process</th>
              <th>Last heard</th>
            </tr>
          </thead>
          <tbody>
            {answer.instances.map(({ registration, state, sourceId, lastSeenMs }) => (
              <tr key={registration?.instanceId}>
                <th scope="row">{registration?.serviceId}</th>
                <td>
                  <span className={`state ${state === InstanceState.READY ? "" : "wary"}`}>
                    {word(InstanceState, state)}
                  </span>
                </td>
                <td className="mono">{registration?.version}</td>
                <td className="mono">{registration?.endpoints.map(({ address }) => address).join(" ")}</td>
                <td className="mono">{sourceId}</td>
                <td>{new Date(lastSeenMs).toLocaleTimeString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreRows
        shown={answer?.instances.length ?? 0}
        goesOn={(answer?.nextPageToken ?? "") !== ""}
        isMost={size === MOST}
        onMore={more}
      />
    </>
  );
}
