import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The words that may follow each command path (`time watch`): its commands and options. */
export function wordsByPath(program: Command): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>();
  const visit = (command: Command, path: readonly string[]) => {
    const own = command.commands.map((child) => child.name());
    const options = command.options
      .map(({ long }) => long)
      .filter((long) => long !== undefined && long !== null);
    words.set(path.join(" "), [...own, ...options, "--help"]);
    for (const child of command.commands) visit(child, [...path, child.name()]);
  };
  visit(program, []);
  return words;
}

/** A script that completes the command tree as it is; nothing of it asks a running Orrery. */
export function completionScript(program: Command, shell: Shell): string {
  const words = wordsByPath(program);
  return {
    bash,
    zsh: (given: typeof words) => `autoload -U +X bashcompinit && bashcompinit\n${bash(given)}`,
    fish,
  }[shell](words);
}

function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(([path, list]) => `    "${path}") words="${list.join(" ")}" ;;`);
  return `_orrery() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _orrery orrery`;
}

function fish(words: ReadonlyMap<string, readonly string[]>): string {
  return [...words]
    .map(([path, list]) => {
      const parts = path === "" ? [] : path.split(" ");
      const within = parts.map((part) => `__fish_seen_subcommand_from ${part}`).join("; and ");
      const commands = list.filter((word) => !word.startsWith("--"));
      const condition = within === "" ? "__fish_use_subcommand" : within;
      const options = list.filter((word) => word.startsWith("--"));
      return [
        ...(commands.length > 0
          ? [`complete -c orrery -f -n '${condition}' -a '${commands.join(" ")}'`]
          : []),
        ...options.map((option) => `complete -c orrery -n '${condition}' -l ${option.slice(2)}`),
      ].join("\n");
    })
    .join("\n");
}
