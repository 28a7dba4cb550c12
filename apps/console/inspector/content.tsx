import { type DescField, type JsonValue, toJson } from "@bufbuild/protobuf";
import { unitOf } from "@orrery/client/figures";
import { events } from "@orrery/schema/events";

/** What an event says, field by field with units, and its bytes. */
export function Content({
  type,
  payload,
  readable,
}: {
  readonly type: string;
  readonly payload: Uint8Array;
  /** The bytes are a message of the type. */
  readonly readable: boolean;
}) {
  const codec = readable ? events.get(type) : undefined;
  const message =
    codec === undefined
      ? {}
      : (toJson(codec.schema, codec.decode(payload), {
          useProtoFieldName: true,
          alwaysEmitImplicit: true,
        }) as Record<string, JsonValue>);
  return (
    <>
      <section>
        <h3>Content, {payload.length} bytes</h3>
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
          {[...payload.slice(0, 160)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}
          {payload.length > 160 ? " …" : ""}
        </code>
      </section>
    </>
  );
}
