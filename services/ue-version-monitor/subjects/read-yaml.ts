import { OrreryError } from "@orrery/wire";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { engineErrors } from "../errors.ts";

type Path = readonly (string | number)[];

/** A file of YAML that has the shape wanted, with where its values stand. */
export interface ShapedFile<T> {
  readonly value: T;
  /** @throws with file and line */
  fail(path: Path, message: string, code?: keyof typeof engineErrors): never;
}

/** @param code of the error of a mistake in it. @throws it, with file and line */
export function readYaml<S extends z.ZodType>(
  name: string,
  text: string,
  shape: S,
  code: keyof typeof engineErrors = "ENGINE_SUBJECTS",
): ShapedFile<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const refuse = (line: number, message: string): never => {
    throw new OrreryError(engineErrors[code], { given: `${name}:${line}: ${message}` });
  };
  const mistake = document.errors[0] ?? document.warnings[0];
  if (mistake !== undefined)
    refuse(lines.linePos(mistake.pos[0]).line, mistake.message.replaceAll("\n", " "));
  const found = shape.safeParse(document.toJS());
  if (found.success) return { value: found.data, fail: (path, message) => refuse(lineOf(path), message) };
  const issue = found.error.issues[0];
  const path = (issue?.path ?? []) as Path;
  return refuse(lineOf(path), `${path.join(".")}: ${issue?.message}`);
}
