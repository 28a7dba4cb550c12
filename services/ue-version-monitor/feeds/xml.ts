import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";

type Node = Readonly<Record<string, unknown>>;

export interface Xml {
  /** @throws ENGINE_FEED with line and column */
  parse(place: string, text: string): Node;
}

/** The parser, brought in by the first feed that needs it. Entities that a document defines itself are refused. */
export async function xmlOf(): Promise<Xml> {
  const { XMLParser, XMLValidator } = await import("fast-xml-parser");
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: true,
    htmlEntities: false,
  });
  const refuse = (place: string, given: string): never => {
    throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${place}: ${given}` });
  };
  return {
    parse(place, text) {
      if (/<!DOCTYPE/i.test(text)) refuse(place, "a document type, which a feed has none of");
      const valid = XMLValidator.validate(text);
      if (valid !== true) refuse(place, `line ${valid.err.line}, column ${valid.err.col}: ${valid.err.msg}`);
      try {
        return parser.parse(text) as Node;
      } catch (cause) {
        return refuse(place, cause instanceof Error ? cause.message : String(cause));
      }
    },
  };
}
