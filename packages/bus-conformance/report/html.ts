import type { Result, Verdict } from "../verdict.ts";
import { STYLE } from "./style.ts";
import { escapeText, timelineSvg } from "./timeline-svg.ts";

const ANSWERS = { pass: "passed", fail: "failed", "not-run": "not run" } as const;

/** A run as one page that needs nothing else: answers, figures, and what happened when. */
export function verdictPage(verdict: Verdict): string {
  const { transport, seed, scale, answer, results } = verdict;
  const count = (wanted: Result["answer"]) => results.filter((result) => result.answer === wanted).length;
  const took = results.reduce((sum, result) => sum + result.tookMs, 0) / 1_000;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conformance: ${escapeText(transport)}</title>
<style>${STYLE}</style>
<header>
<h1>${escapeText(transport)} <span class="answer ${answer}">${ANSWERS[answer]}</span></h1>
<p>${count("pass")} passed, ${count("fail")} failed, ${count("not-run")} not run, in ${took.toFixed(1)} s. Seed ${seed}, scale ${scale}.</p>
<dl class="features">${Object.entries(verdict.features)
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeText(String(value))}</dd></div>`)
    .join("")}</dl>
<p class="legend"><i class="published"></i>published <i class="handled"></i>handled <i class="retried"></i>failed, to be retried <i class="dead"></i>dead letters <i class="fault"></i>a fault</p>
</header>
<main>${results.map(section).join("\n")}</main>
</html>
`;
}

function section({ id, title, answer, why, figures, tookMs, timeline }: Result): string {
  const shown = Object.entries(figures)
    .map(([name, value]) => `<span>${escapeText(name)} <b>${value.toLocaleString("en")}</b></span>`)
    .join("");
  const drawn = timeline === undefined || timeline.rows.length === 0 ? "" : timelineSvg(timeline);
  return `<details${answer === "fail" || id.startsWith("F") ? " open" : ""} class="${answer}">
<summary><b>${id}</b><span class="title">${escapeText(title)}</span><span class="answer ${answer}">${ANSWERS[answer]}</span><span class="took">${(tookMs / 1_000).toFixed(1)} s</span></summary>
${why === "" ? "" : `<p class="why">${escapeText(why)}</p>`}<p class="figures">${shown}</p>${drawn}
</details>`;
}
