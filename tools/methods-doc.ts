// Writes docs/methods.md from the contracts: node tools/methods-doc.ts [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { services } from "@orrery/schema/registry";
import { Caller } from "@orrery/schema/orrery";
import { rpcOptions } from "@orrery/service";

const ROOT = resolve(import.meta.dirname, "..");
const CALLERS = [
  ["anybody", Caller.ANYONE],
  ["player", Caller.PLAYER],
  ["service", Caller.SERVICE],
  ["operator", Caller.ADMIN],
] as const;

/** Who may call what, one table a contract, as the contracts declare it. */
export function methodsPage(): string {
  const parts = [
    "# Methods",
    "",
    "Written by `node tools/methods-doc.ts` from the contracts; a test keeps the two in step, and another one calls each of these methods as everybody and finds that it is so (`apps/cli/run/access.test.ts`). What no player and no operator may call is not reached from outside at all.",
    "",
    "*Own* names the field by which a player means themselves: another player's is refused. What may be *repeated* does nothing twice under one idempotency key, or changes nothing.",
    "",
  ];
  for (const { typeName, methods } of [...services].sort((one, other) =>
    one.typeName < other.typeName ? -1 : 1,
  )) {
    if (methods.length === 0) continue;
    parts.push(
      `## ${typeName}`,
      "",
      `| Method | ${CALLERS.map(([name]) => name).join(" | ")} | Own | Repeated |`,
      `|---|${CALLERS.map(() => "---|").join("")}---|---|`,
    );
    for (const method of methods) {
      const { callers, self, idempotent } = rpcOptions(method);
      const may = CALLERS.map(([, kind]) => (callers.includes(kind) ? "yes" : ""));
      const streams = method.methodKind === "unary" ? "" : " (stream)";
      parts.push(
        `| ${method.name}${streams} | ${may.join(" | ")} | ${self === "" ? "" : `\`${self}\``} | ${idempotent ? "yes" : ""} |`,
      );
    }
    parts.push("");
  }
  return parts.join("\n");
}

if (import.meta.main) {
  const page = methodsPage();
  const file = join(ROOT, "docs/methods.md");
  if (process.argv.includes("--check")) process.exitCode = readFileSync(file, "utf8") === page ? 0 : 1;
  else writeFileSync(file, page);
}
