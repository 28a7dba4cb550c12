import {
  EngineService,
  type Subject,
  type Upgrade,
  type UpgradeStep,
  UpgradeState,
} from "@orrery/schema/engine/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { capital, word } from "../data/words.ts";
import { UpgradeActs } from "./upgrade-acts.tsx";
import { day, PATH } from "./words.ts";

const LOOK_MS = 1_000;

/** The newest upgrade: how far it is, why it went as it did, and what may be done now. */
export function UpgradePath({
  valley,
  subject,
  changes,
  onChange,
}: {
  readonly valley: Valley;
  readonly subject: Subject;
  readonly changes: number;
  onChange(): void;
}) {
  const { subjectId } = subject;
  const engines = valley.world.rpc(EngineService);
  const { answer, problem } = useAsk(
    `upgrade ${subjectId}`,
    async () => {
      const { upgrades } = await engines.listUpgrades({ subjectId, pageSize: 1 });
      const [newest] = upgrades;
      return { found: newest && (await engines.getUpgrade({ upgradeId: newest.upgradeId })) };
    },
    LOOK_MS,
    changes,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  if (answer.found?.upgrade === undefined)
    return <p className="empty">No upgrade yet: propose one beside a version that is announced.</p>;
  const { upgrade, steps } = answer.found;
  return (
    <article className="service" aria-label={`Upgrade ${upgrade.upgradeId}`}>
      <h2>
        {upgrade.fromVersion?.text ?? "nothing"} → {upgrade.toVersion?.text}
      </h2>
      <p>{inWords(upgrade)}</p>
      <Stepper upgrade={upgrade} steps={steps} />
      <UpgradeActs valley={valley} upgrade={upgrade} onChange={onChange} />
      <Steps steps={steps} />
    </article>
  );
}

/** The way, with what is behind, where it stands and what lies ahead. */
function Stepper({ upgrade, steps }: { readonly upgrade: Upgrade; readonly steps: readonly UpgradeStep[] }) {
  const reached = new Set(
    steps.filter(({ attempt }) => attempt === upgrade.attempt).map(({ state }) => state),
  );
  const isAside = !(PATH as readonly UpgradeState[]).includes(upgrade.state);
  return (
    <ol className="stepper" aria-label="Steps">
      {PATH.map((state) => {
        const isNow = upgrade.state === state;
        const isDone = state === UpgradeState.PROPOSED || reached.has(state);
        return (
          <li key={state} aria-current={isNow ? "step" : undefined} data-done={isDone || undefined}>
            {capital(word(UpgradeState, state))}
          </li>
        );
      })}
      {isAside && (
        <li aria-current="step" data-aside="true">
          {capital(word(UpgradeState, upgrade.state))}
        </li>
      )}
    </ol>
  );
}

function Steps({ steps }: { readonly steps: readonly UpgradeStep[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Step</th>
          <th>By</th>
          <th>Why</th>
          <th>When</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => (
          <tr key={step.number}>
            <th scope="row">{word(UpgradeState, step.state)}</th>
            <td className="mono">{step.actor}</td>
            <td>
              {step.reason}
              {step.logTail !== "" && <pre className="log">{step.logTail}</pre>}
            </td>
            <td>{day(step.atMs, "")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inWords({
  state,
  rollingBack,
  canary,
  approvals,
  approvalsRequired,
  runner,
  deadlineMs,
}: Upgrade): string {
  if (rollingBack !== "") return `It goes back until the old version serves again: ${rollingBack}`;
  const until = deadlineMs === 0 ? "" : `, until ${new Date(deadlineMs).toLocaleTimeString()}`;
  if (state === UpgradeState.PROPOSED) return `${approvals.length} of ${approvalsRequired} have approved it.`;
  if (state === UpgradeState.CANARY && canary !== undefined)
    return `${canary.sessions} sessions of the new version have ended, ${canary.faults} by a fault; of the old one ${canary.oldSessions}, ${canary.oldFaults} by a fault. ${canary.open} are open${until}.`;
  if (state === UpgradeState.BUILDING || state === UpgradeState.TESTING)
    return `${capital(word(UpgradeState, state))} by ${runner === "manual" ? "a person" : runner}${until}.`;
  return `${capital(word(UpgradeState, state))}.`;
}
