import { type JournalEvent, JournalService } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { toJson, type JsonValue, type DescField, getOption } from "@bufbuild/protobuf";
import { unit } from "@orrery/schema/orrery";
import { useEffect, useState } from "react";
import { eventIdOf } from "../data/event-id.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { hourOf, wallClock } from "../data/words.ts";
import { inWords } from "../stream/row.ts";

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/_c$/, "°C"],
  [/_kmh$/, "km/h"],
  [/_mm_h$/, "mm/h"],
  [/_mm$/, "mm"],
  [/_m$/, "m"],
  [/_km$/, "km"],
  [/_deg$/, "°"],
  [/_ms$/, "ms"],
  [/_gs$/, "game s"],
  [/_s$/, "s"],
  [/_hpa$/, "hPa"],
];

function unitOf(field: DescField): string {
  return getOption(field, unit) || (SUFFIXES.find(([suffix]) => suffix.test(field.name))?.[1] ?? "");
}

/** One event: facts first, then why, then its bytes field by field. */
export function EventInspector({
  valley,
  id,
  onClose,
}: {
  readonly valley: Valley;
  readonly id: string;
  readonly onClose: () => void;
}) {
  const [event, setEvent] = useState<JournalEvent>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    setEvent(undefined);
    setProblem(undefined);
    valley.world
      .rpc(JournalService)
      .get({ worldId: valley.world.id, which: { case: "id", value: eventIdOf(id) } })
      .then(
        (found) => setEvent(found.event),
        (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
      );
  }, [valley, id]);
  const codec = event && codecs.get(event.type);
  const message =
    codec && event.undecodable === ""
      ? (toJson(codec.schema, codec.decode(event.payload), {
          useProtoFieldName: true,
          alwaysEmitImplicit: true,
        }) as Record<string, JsonValue>)
      : {};

  return (
    <aside className="card" aria-label="Event">
      <header>
        <h2>{event === undefined ? "…" : inWords(event, valley)}</h2>
        <button type="button" className="close" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {problem !== undefined && (
        <p className="soft">
          {valley.isAdmin
            ? problem
            : "Only admins see events whole: open the address that npm start printed."}
        </p>
      )}
      {event !== undefined && (
        <>
          <dl className="fields">
            <dt>type</dt>
            <dd className="cool">{event.type}</dd>
            <dt>id</dt>
            <dd>{id}</dd>
            <dt>ordinal</dt>
            <dd>{event.ordinal}</dd>
            <dt>game time</dt>
            <dd>{hourOf(event.atGs) || "–"}</dd>
            <dt>wall clock</dt>
            <dd>{wallClock(event.timeMs)}</dd>
            <dt>lane, key</dt>
            <dd>
              {event.lane}, {event.key || "the world"}
            </dd>
          </dl>
          <button type="button" className="chip" onClick={() => go({ room: "why", event: id })}>
            Why did this happen?
          </button>
          <section>
            <h3>Content, {event.payload.length} bytes</h3>
            <dl className="fields">
              {codec?.schema.fields.map((field: DescField) =>
                message[field.name] === undefined ? null : (
                  <div key={field.number} style={{ display: "contents" }}>
                    <dt>{field.name}</dt>
                    <dd>
                      {typeof message[field.name] === "object"
                        ? JSON.stringify(message[field.name], null, 1)
                        : String(message[field.name])}{" "}
                      <span className="faint">{unitOf(field)}</span>
                    </dd>
                  </div>
                ),
              )}
            </dl>
          </section>
          <section>
            <h3>Bytes</h3>
            <code className="faint" style={{ overflowWrap: "anywhere" }}>
              {[...event.payload.slice(0, 160)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}
              {event.payload.length > 160 ? " …" : ""}
            </code>
          </section>
        </>
      )}
    </aside>
  );
}
