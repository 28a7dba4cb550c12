import { codecs } from "@orrery/schema/registry";
import { eventPlace, messageIn, type Personal, withholdPersonal } from "@orrery/service";
import { type Codec, type ContentType, renderSays } from "@orrery/wire";
import type { Found } from "../journal/read.ts";

/** How personal fields are shown: `open` to who may read them, `withheld` to the others. Erased ones read ERASED. */
export type Shown = "open" | "withheld";

/** Events as they may be shown; those without personal fields are the same objects. */
export async function show(
  personal: Personal,
  events: readonly Found[],
  shown: Shown,
): Promise<readonly Found[]> {
  const codecOf = ({ type = "" }: Found) => codecs.get(type);
  if (!events.some((event) => codecOf(event)?.personal !== undefined)) return events;
  return Promise.all(
    events.map((event) => {
      const codec = codecOf(event);
      return codec?.personal === undefined ? event : showOne(personal, event, codec, shown);
    }),
  );
}

async function showOne(personal: Personal, event: Found, codec: Codec, shown: Shown): Promise<Found> {
  const { publisher = "", sequence = 0 } = event.id ?? {};
  const contentType = (event.contentType ?? "protobuf") as ContentType;
  try {
    const sealed = event.payload ?? new Uint8Array();
    const opened = await personal.openMessage(codec, sealed, eventPlace(publisher, sequence), contentType);
    const payload = shown === "open" ? opened.bytes : withholdPersonal(codec, opened.bytes, contentType);
    const says = renderSays(codec, messageIn(codec, payload, contentType));
    return { ...event, payload, says, erased: [...opened.erased] };
  } catch (error) {
    return { ...event, undecodable: error instanceof Error ? error.message : String(error) };
  }
}
