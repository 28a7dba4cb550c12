import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the repository's programs under this Node. */
export function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

const SHOWN = 500;

/** What a program that failed said of it: from the line on that names an error, for below it there may be nothing but a dump. */
export function lastWords(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const at = lines.findLastIndex((line) => /Error\b.*: |^\S*[A-Z]+_[A-Z_]+: /.test(line));
  return (at < 0 ? stderr.trim().slice(-SHOWN) : lines.slice(at).join(" ").slice(0, SHOWN)).replace(
    /\s+/g,
    " ",
  );
}

const results = new Map<string, Promise<unknown>>();

/** A bench's JSON; several claims that look at one run share it. */
export function benchJson<T>(...args: readonly string[]): Promise<T> {
  const name = args.join(" ");
  let result = results.get(name);
  if (result === undefined) {
    result = runProgram([...args, "--json"]).then(({ code, stdout, stderr }) => {
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${lastWords(stderr)}`);
      return JSON.parse(stdout) as unknown;
    });
    results.set(name, result);
  }
  return result as Promise<T>;
}

/** Lets a claim that is run again measure again, instead of looking at the run before. */
export function forgetResults(): void {
  results.clear();
}
