import type { ListDefinitionsRequest, ListDefinitionsResponse } from "@orrery/schema/settings/v1";
import { type Call, pageAsked, pageOf } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { definitions } from "../definitions/part.ts";
import { PRESETS } from "../definitions/presets.ts";
import { PAGES } from "./pages.ts";

export function listDefinitions(
  { prefix, ...asked }: ListDefinitionsRequest,
  call: Call,
): InitOf<typeof ListDefinitionsResponse> {
  const page = pageAsked(asked, ["definitions", prefix, call.caller.role], ["number"], PAGES);
  const visible = call
    .part(definitions)
    .visible(call.caller)
    .filter(({ key }) => key.startsWith(prefix));
  const { items, nextPageToken } = pageOf(visible, page);
  return { definitions: items, nextPageToken, presets: page.place === undefined ? [...PRESETS] : [] };
}
