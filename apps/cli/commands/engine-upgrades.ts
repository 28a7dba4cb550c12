import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { EngineService, SuiteOutcome, type Upgrade, UpgradeState } from "@orrery/schema/engine/v1";
import { OrreryError } from "@orrery/wire";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { printRows, wordOf } from "../print.ts";
import { moment, versionText } from "./engine-words.ts";

const PAGE = 500;
const key = () => ({ idempotencyKey: randomUUID() });
const stateWord = (state: UpgradeState): string => wordOf(UpgradeState, state).replace("_", " ");

function show(upgrade: Upgrade | undefined, json: boolean | undefined): void {
  if (upgrade === undefined) return;
  const { canary, approvals, approvalsRequired } = upgrade;
  printRows(
    [
      {
        upgrade: upgrade.upgradeId,
        from: versionText(upgrade.fromVersion),
        to: versionText(upgrade.toVersion),
        state: upgrade.rollingBack === "" ? stateWord(upgrade.state) : "going back",
        attempt: upgrade.attempt,
        approvals: `${approvals.length} of ${approvalsRequired}`,
        runner: upgrade.runner,
        until: upgrade.deadlineMs === 0 ? "" : moment(upgrade.deadlineMs, ""),
        canary:
          canary === undefined
            ? ""
            : `${canary.faults}/${canary.sessions}, old ${canary.oldFaults}/${canary.oldSessions}`,
        takes: upgrade.moves.join(", "),
      },
    ],
    json,
  );
}

const list = edgeCommand("list", "upgrades, newest first")
  .argument("[subject]", "only of it", "")
  .action(async (subjectId: string, options: EdgeOptions) => {
    const engines = (await openEdge(options)).client(EngineService);
    const rows: Record<string, unknown>[] = [];
    for (let pageToken = "", more = true; more; ) {
      const page = await engines.listUpgrades({ subjectId, pageSize: PAGE, pageToken });
      for (const one of page.upgrades)
        rows.push({
          upgrade: one.upgradeId,
          from: versionText(one.fromVersion),
          to: versionText(one.toVersion),
          state: stateWord(one.state),
          since: moment(one.changedMs, ""),
          takes: one.moves.join(", "),
        });
      pageToken = page.nextPageToken;
      more = pageToken !== "";
    }
    printRows(rows, options.json);
  });

const steps = edgeCommand("show", "one upgrade, and its steps")
  .argument("<upgrade>")
  .action(async (upgradeId: string, options: EdgeOptions) => {
    const found = await (await openEdge(options)).client(EngineService).getUpgrade({ upgradeId });
    if (!options.json) show(found.upgrade, false);
    printRows(
      found.steps.map((step) => ({
        at: moment(step.atMs, ""),
        state: stateWord(step.state),
        by: step.actor,
        why: step.reason,
        log: step.logRef,
      })),
      options.json,
    );
  });

const propose = edgeCommand("propose", "proposes to go to a version that was seen")
  .argument("<subject>")
  .argument("<version>")
  .option("--reason <text>", "why", "")
  .action(async (subjectId: string, to: string, options: EdgeOptions & { readonly reason: string }) => {
    const engines = (await openEdge(options)).client(EngineService);
    const { reason } = options;
    show((await engines.proposeUpgrade({ subjectId, to, reason, ...key() })).upgrade, options.json);
  });

const approve = edgeCommand("approve", "approves one; with enough approvals its job is begun")
  .argument("<upgrade>")
  .action(async (upgradeId: string, options: EdgeOptions) => {
    const engines = (await openEdge(options)).client(EngineService);
    show((await engines.approve({ upgradeId, ...key() })).upgrade, options.json);
  });

const reject = edgeCommand("reject", "says no to one that is proposed")
  .argument("<upgrade>")
  .requiredOption("--reason <text>", "why")
  .action(async (upgradeId: string, options: EdgeOptions & { readonly reason: string }) => {
    const engines = (await openEdge(options)).client(EngineService);
    show((await engines.reject({ upgradeId, reason: options.reason, ...key() })).upgrade, options.json);
  });

const cancel = edgeCommand("cancel", "calls one off; from a canary the old version is brought back first")
  .argument("<upgrade>")
  .requiredOption("--reason <text>", "why")
  .action(async (upgradeId: string, options: EdgeOptions & { readonly reason: string }) => {
    const engines = (await openEdge(options)).client(EngineService);
    show((await engines.cancel({ upgradeId, reason: options.reason, ...key() })).upgrade, options.json);
  });

const retry = edgeCommand("retry", "tries one again that has failed, with the same approvals")
  .argument("<upgrade>")
  .action(async (upgradeId: string, options: EdgeOptions) => {
    const engines = (await openEdge(options)).client(EngineService);
    show((await engines.retry({ upgradeId, ...key() })).upgrade, options.json);
  });

const STEPS = ["building", "testing", "canary", "rolled-back"];

/** `smoke=passed`. @throws CLI_BAD_ARGUMENT */
function suite(text: string, all: { name: string; outcome: SuiteOutcome }[] = []) {
  const [, name, word] = /^([^=]+)=(passed|failed|skipped)$/.exec(text) ?? [];
  if (name === undefined || word === undefined)
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given: `${text}: wants a suite, like smoke=passed` });
  return [...all, { name, outcome: SuiteOutcome[word.toUpperCase() as keyof typeof SuiteOutcome] }];
}

/** `server=<64 of 0-9a-f>`. @throws CLI_BAD_ARGUMENT */
function artefact(text: string, all: { name: string; sha256: string }[] = []) {
  const [, name, sha256] = /^([^=]+)=([0-9a-f]{64})$/.exec(text) ?? [];
  if (name === undefined || sha256 === undefined)
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
      given: `${text}: wants an artefact, like server=<its SHA-256>`,
    });
  return [...all, { name, sha256 }];
}

const report = edgeCommand("report", "says what became of a step, where the runner is a person")
  .argument("<upgrade>")
  .addOption(
    new Option("--step <step>", "which; rolled-back: the old version serves")
      .choices(STEPS)
      .makeOptionMandatory(),
  )
  .option("--failed", "it did not go well")
  .option("--reason <text>", "why; a canary goes on by sessions, or by a reason", "")
  .option("--artefact <name=sha256>", "what was built; may be given again", artefact)
  .option("--suite <name=outcome>", "passed, failed or skipped; may be given again", suite)
  .option("--log <address>", "where its log is", "")
  .option("--log-file <file>", "a file whose end is kept")
  .action(
    async (
      upgradeId: string,
      options: EdgeOptions & {
        readonly step: string;
        readonly failed?: boolean;
        readonly reason: string;
        readonly artefact?: ReturnType<typeof artefact>;
        readonly suite?: ReturnType<typeof suite>;
        readonly log: string;
        readonly logFile?: string;
      },
    ) => {
      const engines = (await openEdge(options)).client(EngineService);
      const state = UpgradeState[options.step.replace("-", "_").toUpperCase() as keyof typeof UpgradeState];
      const logTail =
        options.logFile === undefined ? "" : readFileSync(options.logFile, "utf8").slice(-8_192);
      const { upgrade } = await engines.reportStep({
        ...{ upgradeId, state, logTail, ok: options.failed !== true, reason: options.reason },
        logRef: options.log,
        artefacts: options.artefact ?? [],
        suites: options.suite ?? [],
        ...key(),
      });
      show(upgrade, options.json);
    },
  );

export const upgrade = new Command("upgrade").description(
  "walks an upgrade through: proposed, approved, built, tested, a canary",
);
for (const command of [list, steps, propose, approve, reject, cancel, retry, report])
  upgrade.addCommand(command);
