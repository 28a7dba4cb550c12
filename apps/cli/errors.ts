import { defineErrors } from "@orrery/wire";

export const cliErrors = defineErrors({
  CLI_NO_WORLD_RUNS: {
    summary: "No Orrery answers at this address",
    todo: "Start one with `npm start`, or give its address with --url",
  },
  CLI_BAD_ARGUMENT: { summary: "An argument cannot be used", todo: "See the command's --help" },
  CLI_EXISTS: {
    summary: "The folder is there already",
    todo: "Choose another id, or remove the folder first",
  },
  CLI_CONSOLE_BUILD: {
    summary: "The console could not be built",
    todo: "Read the build's own words below; the world runs without its page",
  },
});
