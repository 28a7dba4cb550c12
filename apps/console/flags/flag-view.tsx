import { type Flag, FlagService } from "@orrery/schema/settings/v1";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { shown } from "../options/value.ts";
import { Outcome } from "../shell/outcome.tsx";
import { ExplainForm } from "./explain-form.tsx";
import { SplitBar } from "./split-bar.tsx";
import { predicateSays } from "./words.ts";

/** A flag as it decides: rule by rule, with how a split falls, and for whom it comes to what. */
export function FlagView({
  valley,
  flag,
  onChange,
}: {
  readonly valley: Valley;
  readonly flag: Flag;
  onChange(): void;
}) {
  const act = useAct();
  const kill = () =>
    act.run(async () => {
      await valley.world
        .rpc(FlagService)
        .kill({ flagKey: flag.key, reason: "by hand", idempotencyKey: crypto.randomUUID() });
      onChange();
      return "Off, everywhere.";
    });
  return (
    <article className="service" aria-label={`Flag ${flag.key}`}>
      <h2 className="mono">{flag.key}</h2>
      <p>{flag.description}</p>
      <p className="soft">
        {flag.variants.map(({ name, value }) => `${name} is ${shown(value)}`).join("; ")}. Off it is{" "}
        {flag.offVariant}, and {flag.defaultVariant} where no rule holds.
      </p>
      {flag.prerequisites.map(({ flag: other, variant }) => (
        <p key={other}>
          Only where <b className="mono">{other}</b> is {variant}.
        </p>
      ))}
      <ol>
        {flag.rules.map((rule) => (
          <li key={rule.id}>
            {predicateSays(rule.when)}:{" "}
            {rule.serve?.serve.case === "variant" ? (
              <b>{rule.serve.serve.value}</b>
            ) : (
              <SplitBar shares={rule.serve?.serve.value?.shares ?? []} />
            )}
          </li>
        ))}
      </ol>
      {flag.schedule.slice(flag.scheduleDone).map(({ atMs, patch }) => (
        <p key={atMs}>
          On {new Date(atMs).toLocaleString()}
          {patch?.enabled !== undefined && ` ${patch.enabled ? "on" : "off"}`}
          {patch?.ruleId !== "" && ` rule ${patch?.ruleId} changes`}.
        </p>
      ))}
      <div className="acts">
        <button
          type="button"
          className="chip"
          disabled={act.busy || !flag.enabled}
          onClick={() => void kill()}
        >
          Kill it
        </button>
        <Outcome act={act} />
      </div>
      <ExplainForm valley={valley} flag={flag.key} />
    </article>
  );
}
