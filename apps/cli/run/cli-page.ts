import type { Command, Option } from "commander";
import { EXIT, EXIT_MEANING } from "../exit.ts";

/** `docs/cli.md`: every command as it stands in the tree. */
export function cliPage(program: Command): string {
  const codes = Object.entries(EXIT).map(
    ([name, code]) => `| ${code} | ${EXIT_MEANING[name as keyof typeof EXIT]} |`,
  );
  return [
    "# The command line",
    "",
    "Made from the command tree (`npx vitest run apps/cli -u` writes it anew). `npx orrery` runs it; `npm start` is `orrery start`.",
    "Results go to stdout, progress and advice to stderr; with `--json` every result is a JSON line.",
    "",
    "| Exit code | |",
    "|---|---|",
    ...codes,
    "",
    "`orrery bench` passes on the exit code of the program that it ran.",
    "",
    '`eval "$(orrery completion bash)"` completes commands, options, types, worlds and subscriptions (also `zsh`, `fish`).',
    "",
    "Traces and measures leave over OTLP/HTTP (JSON) when `OTEL_EXPORTER_OTLP_ENDPOINT` is set where `start` or `dev` runs; also read are `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER_ARG` (share of traces kept), `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_METRIC_EXPORT_INTERVAL` and `OTEL_SDK_DISABLED`.",
    "",
    ...leavesOf(program).flatMap(([path, command]) => section(path, command)),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

/** Every command that does something, with its path: `world snapshot`. */
export function leavesOf(program: Command, path: readonly string[] = []): (readonly [string, Command])[] {
  if (program.commands.length === 0) return [[path.join(" "), program]];
  return program.commands.flatMap((child) => leavesOf(child, [...path, child.name()]));
}

function section(path: string, command: Command): string[] {
  const usage = command.registeredArguments
    .map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return argument.required ? ` <${name}>` : ` [${name}]`;
    })
    .join("");
  const description = command.description();
  const rows = [
    ...command.registeredArguments
      .filter((argument) => argument.description !== "")
      .map((argument) => `- \`${argument.name()}\`: ${argument.description}`),
    ...command.options.map((option) => `- \`${option.flags}\`: ${option.description}${extras(option)}`),
  ];
  return [
    `## orrery ${path}${usage}`,
    "",
    `${description.charAt(0).toUpperCase()}${description.slice(1).replace(/\.$/, "")}.`,
    "",
    ...(rows.length > 0 ? [...rows, ""] : []),
  ];
}

function extras({ defaultValue, argChoices, mandatory }: Option): string {
  const said = [];
  if (argChoices !== undefined) said.push(argChoices.map((choice) => `\`${choice}\``).join(" or "));
  if (mandatory) said.push("must be given");
  const plain =
    typeof defaultValue === "string" || (typeof defaultValue === "number" && Number.isFinite(defaultValue));
  if (plain) said.push(`default \`${defaultValue}\``);
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}
