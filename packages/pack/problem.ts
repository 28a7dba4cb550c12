import type { ErrorKind } from "@orrery/wire";
import type { PackFile } from "./source.ts";

/** One mistake in a pack, at its place. */
export interface Problem {
  readonly code: string;
  /** Within the pack's folder. */
  readonly file: string;
  /** From 1; 0 when the file as a whole is meant. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, with what was given. */
  readonly message: string;
  /** What to do; with a suggestion where one is near. */
  readonly hint: string;
}

export type Path = readonly (string | number)[];

/** Notes mistakes; the checks of a pack share one list so that a builder sees them all at once. */
export interface Report {
  readonly problems: Problem[];
  add(kind: ErrorKind, file: PackFile, path: Path, message: string, hint?: string): void;
  /** The same, where not the value but its key is wrong. */
  addKey(kind: ErrorKind, file: PackFile, path: Path, message: string, hint: string): void;
}

export function createReport(): Report {
  const problems: Problem[] = [];
  return {
    problems,
    add(kind, file, path, message, hint = kind.todo) {
      problems.push({ code: kind.code, file: file.name, ...file.locate(path), message, hint });
    },
    addKey(kind, file, path, message, hint) {
      problems.push({ code: kind.code, file: file.name, ...file.locateKey(path), message, hint });
    },
  };
}

/** `regions.yaml:12:16 PACK_UNKNOWN_REGION: … Hint.` */
export function describeProblem(problem: Problem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  return `${place} ${problem.code}: ${problem.message}. ${problem.hint}.`;
}
