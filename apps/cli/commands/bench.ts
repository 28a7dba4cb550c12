import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { EXIT } from "../exit.ts";
import { printRows } from "../print.ts";
import { ROOT } from "../root.ts";

/** Within these a program says what it shows and how it is run. */
const HEAD_LINES = 4;
const FOLDER = join(ROOT, "bench");

/** Programs of bench/ that are run by themselves: those whose first line says what they show. */
export function programs(): { readonly name: string; readonly shows: string }[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: folder }) => readdirSync(join(FOLDER, folder)).map((file) => [folder, file] as const))
    .filter(([, file]) => file.endsWith(".ts"))
    .flatMap(([folder, file]) => {
      const head = readFileSync(join(FOLDER, folder, file), "utf8").split("\n", HEAD_LINES);
      const first = head[0] ?? "";
      const isProgram = first.startsWith("// ") && head.join("").includes(`node bench/${folder}/${file}`);
      const shows = first
        .slice(3)
        .replace(/:? ?node bench.*$/, "")
        .replace(/:$/, "");
      return isProgram ? [{ name: `${folder}/${file.slice(0, -3)}`, shows }] : [];
    });
}

export const bench = new Command("bench")
  .description("Runs a measuring program of bench/, or lists them; its exit code is passed on.")
  .argument("[name]", "`edge/sockets`")
  .argument("[options...]", "for the program, after --")
  .option("--json", "JSON lines on stdout")
  .action(async (name: string | undefined, more: string[], { json }: { json?: boolean }) => {
    if (name === undefined) return printRows(programs(), json);
    const file = join(FOLDER, `${name}.ts`);
    if (!existsSync(file)) {
      console.error(
        `No bench is called ${name}. There are: ${programs()
          .map((one) => one.name)
          .join(", ")}`,
      );
      process.exitCode = EXIT.usage;
      return;
    }
    const args = [file, ...more, ...(json ? ["--json"] : [])];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
    process.exitCode = await new Promise<number>((resolve) =>
      child.on("exit", (code) => resolve(code ?? EXIT.fail)),
    );
  });
