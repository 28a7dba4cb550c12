import { LineCounter, parseDocument } from "yaml";

/** A file of YAML, with where its values stand. */
export interface YamlFile {
  readonly name: string;
  readonly value: unknown;
  /** Line, from 1, of what stands at a path, or of what is around it. */
  lineOf(path: readonly (string | number)[]): number;
}

/** @returns the file, or the first mistake in it: `audio.yaml:12: …` */
export function readYaml(name: string, text: string): YamlFile | string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistake = document.errors[0] ?? document.warnings[0];
  if (mistake !== undefined)
    return `${name}:${lines.linePos(mistake.pos[0]).line}: ${mistake.message.replaceAll("\n", " ")}`;
  return {
    name,
    value: document.toJS(),
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true) as
          | { range?: [number, number, number] }
          | undefined;
        const offset = node?.range?.[0];
        if (offset !== undefined) return lines.linePos(offset).line;
      }
      return 1;
    },
  };
}
