import { type EndpointInfo, WebhookFormat, WebhookService } from "@orrery/schema/bus/v1";
import { type FormEvent, useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { Secret } from "./secret.tsx";

const FORMATS = [WebhookFormat.STRUCTURED, WebhookFormat.BATCH, WebhookFormat.BINARY];

/** Names a new endpoint, or changes the one that is chosen. */
export function EndpointForm({
  valley,
  info,
  onChange,
}: {
  readonly valley: Valley;
  readonly info: EndpointInfo | undefined;
  onChange(): void;
}) {
  const act = useAct();
  const [secret, setSecret] = useState("");
  const before = info?.endpoint;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const types = text("types").split(/\s+/).filter(Boolean);
    await act.run(async () => {
      const made = await valley.world.rpc(WebhookService).putEndpoint({
        endpoint: {
          id: before?.id ?? text("id"),
          url: text("url"),
          worldId: before?.worldId ?? valley.world.id,
          // What else it was made to ask for stays.
          filter: before?.filter === undefined ? { types } : { ...before.filter, types },
          format: FORMATS.find((format) => String(format) === text("format")),
          ordered: form.has("ordered"),
          personal: form.has("personal"),
          ratePerS: Number(text("rate")),
          timeoutS: Number(text("timeout")),
        },
      });
      setSecret(made.secret);
      onChange();
      return before === undefined ? "It is named; ask it now whether it wants events." : "Changed.";
    });
  }

  return (
    <>
      <h2>{before === undefined ? "A new endpoint" : `Change ${before.id}`}</h2>
      <form className="acts" aria-label="Endpoint" onSubmit={(event) => void submit(event)}>
        {before === undefined && (
          <input
            className="find short"
            name="id"
            required
            pattern="[a-z0-9\-]{1,64}"
            placeholder="id"
            aria-label="Id"
          />
        )}
        <input
          className="find"
          name="url"
          type="url"
          required
          defaultValue={before?.url}
          placeholder="https://…"
          aria-label="URL"
        />
        <input
          className="find"
          name="types"
          defaultValue={before?.filter?.types.join(" ")}
          placeholder="weather.* …; empty: everything"
          aria-label="Types"
        />
        <select
          className="find short"
          name="format"
          defaultValue={before?.format ?? WebhookFormat.STRUCTURED}
          aria-label="Format"
        >
          {FORMATS.map((format) => (
            <option key={format} value={format}>
              {word(WebhookFormat, format)}
            </option>
          ))}
        </select>
        <label className="soft">
          <input
            className="find short"
            name="rate"
            type="number"
            min={1}
            max={1_000}
            defaultValue={before?.ratePerS || 10}
          />{" "}
          requests a second
        </label>
        <label className="soft">
          <input
            className="find short"
            name="timeout"
            type="number"
            min={1}
            max={30}
            defaultValue={before?.timeoutS || 10}
          />{" "}
          seconds to answer
        </label>
        <label className="soft">
          <input type="checkbox" name="ordered" defaultChecked={before?.ordered ?? true} /> in order per key
        </label>
        <label className="soft">
          <input type="checkbox" name="personal" defaultChecked={before?.personal ?? false} /> with personal
          fields
        </label>
        <button type="submit" className="chip" disabled={act.busy}>
          {before === undefined ? "Name it" : "Change"}
        </button>
        <Outcome act={act} />
      </form>
      <Secret secret={secret} />
    </>
  );
}
