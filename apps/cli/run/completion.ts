import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What an argument or an option's value may be; `ask` is a shell command that prints it, one a line. */
export type Values = { readonly words: readonly string[] } | { readonly ask: string };

/** Values by what takes them: an option (`--world`), or the command whose argument it is (`schema show`). */
export type ValueTable = ReadonlyMap<string, Values>;

/** The words that may follow each command path (`time watch`): its commands and options. */
export function wordsByPath(program: Command): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>();
  for (const [path, command] of everyCommand(program)) {
    const own = command.commands.map((child) => child.name());
    const options = command.options.map(({ long }) => long).filter((long) => typeof long === "string");
    words.set(path, [...own, ...options, "--help"]);
  }
  return words;
}

/** A script that completes the command tree as it is; a running Orrery is asked only where a value is its own. */
export function completionScript(program: Command, shell: Shell, given: ValueTable): string {
  const values: ValueTable = new Map([...choices(program), ...given]);
  if (shell === "fish") return fish(program, values);
  const script = bash(program, values);
  return shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${script}` : script;
}

function everyCommand(command: Command, path: readonly string[] = []): (readonly [string, Command])[] {
  return [
    [path.join(" "), command],
    ...command.commands.flatMap((child) => everyCommand(child, [...path, child.name()])),
  ];
}

/** What options say themselves that they take. */
function choices(program: Command): (readonly [string, Values])[] {
  const options = everyCommand(program).flatMap(([, command]) => command.options);
  return options.flatMap(({ long, argChoices }) =>
    typeof long === "string" && argChoices !== undefined ? [[long, { words: argChoices }] as const] : [],
  );
}

/** Options that are followed by a value. */
function valued(program: Command): readonly string[] {
  const options = everyCommand(program).flatMap(([, command]) => command.options);
  return [...new Set(options.filter(({ required }) => required).map(({ long }) => long ?? ""))].filter(
    Boolean,
  );
}

const inBash = (values: Values) => ("ask" in values ? `$(${values.ask})` : values.words.join(" "));

function bash(program: Command, values: ValueTable): string {
  const paths = wordsByPath(program);
  const given = [...values];
  const options = valued(program);
  const known = given.filter(([name]) => name.startsWith("--"));
  const free = options.filter((option) => !values.has(option));
  return `_orrery() {
  local path="" word words="" skip="" current="\${COMP_WORDS[COMP_CWORD]}" commands=" ${[...paths.keys()].filter(Boolean).join("; ")};"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=""; continue; fi
    case "$word" in
      ${options.join("|")}) skip=1 ;;
      -*) ;;
      *) case "$commands" in *" \${path:+$path }$word;"*) path="\${path:+$path }$word" ;; esac ;;
    esac
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${known.map(([name, some]) => `    ${name}) COMPREPLY=($(compgen -W "${inBash(some)}" -- "$current")); return ;;`).join("\n")}
    ${free.join("|")}) return ;;
  esac
  case "$path" in
${[...paths].map(([path, list]) => `    "${path}") words="${list.join(" ")}" ;;`).join("\n")}
  esac
  case "$path:$current" in
    *:-*) ;;
${given
  .filter(([name]) => !name.startsWith("--"))
  .map(([name, some]) => `    "${name}:"*) words="$words ${inBash(some)}" ;;`)
  .join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _orrery orrery`;
}

function fish(program: Command, values: ValueTable): string {
  const inFish = (some: Values | undefined) =>
    some === undefined
      ? ""
      : ` -a '${"ask" in some ? `(${some.ask.replaceAll("'", "\\'")})` : some.words.join(" ")}'`;
  return everyCommand(program)
    .flatMap(([path, command]) => {
      const within = path
        .split(" ")
        .filter((part) => part !== "")
        .map((part) => `__fish_seen_subcommand_from ${part}`)
        .join("; and ");
      const condition = within === "" ? "__fish_use_subcommand" : within;
      const children = command.commands.map((child) => child.name());
      const own = values.get(path);
      return [
        ...(children.length > 0
          ? [
              `complete -c orrery -f -n '${condition}; and not __fish_seen_subcommand_from ${children.join(" ")}' -a '${children.join(" ")}'`,
            ]
          : []),
        ...(own === undefined ? [] : [`complete -c orrery -f -n '${condition}'${inFish(own)}`]),
        ...command.options.map(
          ({ long, required }) =>
            `complete -c orrery -n '${condition}' -l ${(long ?? "").slice(2)}${required ? ` -r${inFish(values.get(long ?? ""))}` : ""}`,
        ),
        `complete -c orrery -n '${condition}' -l help`,
      ];
    })
    .join("\n");
}
