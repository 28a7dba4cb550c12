import { type Flag, FlagService } from "@orrery/schema/settings/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import { goTerms, readTerms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { FlagForm } from "./flag-form.tsx";
import { FlagView } from "./flag-view.tsx";

const PAGE = 100;
const MOST = 500;

/** Who gets what of what is being tried out, and why. */
export function FlagsRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const [changes, setChanges] = useState(0);
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(
    `flags ${size}`,
    async () => (valley.isAdmin ? valley.world.rpc(FlagService).list({ pageSize: size }) : undefined),
    2_000,
    changes,
  );
  const changed = () => setChanges((count) => count + 1);
  const key = terms["flag"] ?? "";
  const chosen = answer?.flags.find((flag) => flag.key === key);
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Flags are" />
      </section>
    );
  return (
    <section className="room">
      <header>
        <div>
          <h1>Flags</h1>
          <p>
            {problem === undefined
              ? `As of version ${answer?.snapshotVersion ?? "…"}: a change is in every process within a quarter of a second.`
              : `No answer: ${problem}`}
          </p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Flags">
        {answer?.flags.length === 0 && <p className="empty">There are none yet. Begin one below.</p>}
        {answer !== undefined && answer.flags.length > 0 && (
          <FlagTable
            flags={answer.flags}
            chosen={key}
            onChoose={(flag) => goTerms(terms, { flag: flag === key ? "" : flag })}
          />
        )}
        <MoreRows
          shown={answer?.flags.length ?? 0}
          goesOn={(answer?.nextPageToken ?? "") !== ""}
          isMost={size === MOST}
          onMore={more}
        />
        {chosen !== undefined && (
          <FlagView key={`${key} ${chosen.revision}`} valley={valley} flag={chosen} onChange={changed} />
        )}
        <FlagForm
          key={`form ${key} ${chosen?.revision ?? 0}`}
          valley={valley}
          flag={chosen}
          onChange={(flag) => {
            changed();
            goTerms(terms, { flag });
          }}
        />
      </div>
    </section>
  );
}

function FlagTable({
  flags,
  chosen,
  onChoose,
}: {
  readonly flags: readonly Flag[];
  readonly chosen: string;
  onChoose(key: string): void;
}) {
  return (
    <table>
      <thead>
        <tr>
          <th>Flag</th>
          <th>State</th>
          <th>Variants</th>
          <th className="number">Rules</th>
          <th>Owner</th>
          <th>To be looked at again</th>
        </tr>
      </thead>
      <tbody>
        {flags.map(({ key, enabled, variants, rules, owner, reviewByMs, defaultVariant }) => (
          <tr key={key} aria-selected={key === chosen}>
            <td>
              <button
                type="button"
                className="chip mono"
                aria-pressed={key === chosen}
                onClick={() => onChoose(key)}
              >
                {key}
              </button>
            </td>
            <td>
              <span className={`state ${enabled ? "" : "wary"}`}>{enabled ? "on" : "off"}</span>
            </td>
            <td className="mono">
              {variants.map(({ name }) => (name === defaultVariant ? `${name}*` : name)).join(" ")}
            </td>
            <td className="number">{rules.length}</td>
            <td>{owner}</td>
            <td>{reviewByMs > 0 ? new Date(reviewByMs).toLocaleDateString() : "never"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
