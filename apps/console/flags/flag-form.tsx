import { fromJsonString, toJsonString } from "@bufbuild/protobuf";
import { type Flag, FlagSchema, FlagService, type Moved } from "@orrery/schema/settings/v1";
import { type FormEvent, useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";

const EXAMPLE = {
  key: "market.new-stalls",
  type: "FLAG_TYPE_BOOLEAN",
  description: "Shows the new stalls to a tenth of all players.",
  variants: [
    { name: "on", value: { boolValue: true } },
    { name: "off", value: { boolValue: false } },
  ],
  defaultVariant: "off",
  offVariant: "off",
  enabled: true,
  rules: [
    {
      id: "some",
      serve: {
        split: {
          shares: [
            { variant: "on", weight: 10_000 },
            { variant: "off", weight: 90_000 },
          ],
        },
      },
    },
  ],
};

/** Edits a flag as it is written, or begins one. What would come of it is looked at first: who moves from variant to variant. */
export function FlagForm({
  valley,
  flag,
  onChange,
}: {
  readonly valley: Valley;
  readonly flag: Flag | undefined;
  onChange(key: string): void;
}) {
  const act = useAct();
  const [looked, setLooked] = useState("");
  const text =
    flag === undefined
      ? JSON.stringify(EXAMPLE, null, 2)
      : toJsonString(FlagSchema, flag, { prettySpaces: 2 });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const form = new FormData(event.currentTarget);
    const written = String(form.get("definition") ?? "");
    const dryRun = (submitter as HTMLButtonElement | null)?.value !== "keep";
    void act.run(async () => {
      const next = fromJsonString(FlagSchema, written);
      const { moved, changed } = await valley.world.rpc(FlagService).put({
        flag: next,
        expectedRevision: next.key === flag?.key ? flag.revision : 0,
        confirmReshuffle: form.get("reshuffle") === "on",
        dryRun,
        idempotencyKey: crypto.randomUUID(),
      });
      const isNew = next.key !== flag?.key;
      setLooked(dryRun ? written : "");
      if (!dryRun) onChange(next.key);
      if (dryRun) return `${isNew ? "Would begin" : "Would change"}: ${movedSays(moved)}`;
      return changed ? `Kept: ${movedSays(moved)}` : "It is so already.";
    });
  }
  return (
    <form className="flag-form" aria-label="Definition" onSubmit={submit}>
      <h3>{flag === undefined ? "Begin one" : "Change it"}</h3>
      <textarea
        className="find mono"
        name="definition"
        aria-label="Definition as JSON"
        rows={18}
        spellCheck={false}
        defaultValue={text}
        onChange={() => setLooked("")}
      />
      <div className="acts">
        <label>
          <input type="checkbox" name="reshuffle" /> another salt may move everybody
        </label>
        <button type="submit" value="look" className="chip" disabled={act.busy}>
          What would come of it?
        </button>
        {/* Nothing is kept that was not looked at first. */}
        <button type="submit" value="keep" className="chip" disabled={act.busy || looked === ""}>
          Keep
        </button>
        <Outcome act={act} />
      </div>
    </form>
  );
}

function movedSays(moved: readonly Moved[]): string {
  const some = moved.filter(({ buckets }) => buckets > 0);
  if (some.length === 0) return "nobody moves to another variant.";
  return some
    .map(({ ruleId, buckets }) => `${(buckets / 1_000).toLocaleString("en")} % of rule ${ruleId} move`)
    .join(", ");
}
