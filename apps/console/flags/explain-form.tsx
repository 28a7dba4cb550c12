import { type ExplainResponse, FlagService, Reason } from "@orrery/schema/settings/v1";
import { type FormEvent, useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

/** What a flag comes to for somebody, and every step on the way there. */
export function ExplainForm({ valley, flag }: { readonly valley: Valley; readonly flag: string }) {
  const act = useAct();
  const [found, setFound] = useState<ExplainResponse & { readonly of: string }>();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const of = String(form.get("id") ?? "").trim();
    const attributes = attributesIn(String(form.get("attributes") ?? ""));
    void act.run(async () => {
      const answer = await valley.world
        .rpc(FlagService)
        .explain({ flagKey: flag, context: { targetingKey: of, attributes } });
      setFound({ ...answer, of });
      return "";
    });
  }
  const { evaluation, bucket, bucketInput, steps = [] } = found ?? {};
  return (
    <>
      <h3>For whom it comes to what</h3>
      <form className="acts" onSubmit={submit}>
        <input className="find" name="id" placeholder="player:ada" aria-label="Whom" />
        <input
          className="find"
          name="attributes"
          placeholder="tier=premium platform=web"
          aria-label="What is known of them"
        />
        <button type="submit" className="chip" disabled={act.busy}>
          Explain
        </button>
        {act.said !== "" && <Outcome act={act} />}
      </form>
      {found !== undefined && (
        <div role="status">
          <p>
            <b>{evaluation?.variant || "unknown"}</b> for {found.of || "nobody"}:{" "}
            {evaluation?.errorCode || word(Reason, evaluation?.reason)}
            {bucket !== undefined && (
              <>
                ; bucket {bucket.toLocaleString("en")} of 100,000, from{" "}
                <span className="mono">{bucketInput}</span>
              </>
            )}
          </p>
          <ol className="mono">
            {steps.map(({ what, said, held, depth }, at) => (
              <li key={at} style={{ paddingLeft: depth * 16 }}>
                {held ? "✓" : "✗"} {what}: {said}
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}

/** `tier=premium level=7` */
const attributesIn = (text: string) =>
  text
    .split(/\s+/)
    .filter((part) => part.includes("="))
    .map((part) => {
      const [name = "", value = ""] = part.split(/=(.*)/s);
      const number = Number(value);
      const kind =
        value === "true" || value === "false"
          ? ({ case: "boolValue", value: value === "true" } as const)
          : value !== "" && Number.isFinite(number)
            ? ({ case: "doubleValue", value: number } as const)
            : ({ case: "stringValue", value } as const);
      return { name, value: { kind } };
    });
