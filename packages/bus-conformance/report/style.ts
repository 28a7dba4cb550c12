/** Of the verdict's page: both schemes, no other file. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f6f5f1;--sheet:#fff;--ink:#23262b;--faint:#6d7178;--line:#dfddd6;--published:#3d6fb4;--handled:#3c8f62;--retried:#c98a1b;--dead:#b3383d;--fault:#b3383d24}
@media (prefers-color-scheme:dark){:root{--ground:#15171b;--sheet:#1d2025;--ink:#e6e6e3;--faint:#9a9fa8;--line:#31353c;--published:#7aa7e6;--handled:#6cc496;--retried:#e3b04f;--dead:#ec7a7e;--fault:#ec7a7e2e}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header,main{max-width:1060px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
h1{font-size:28px;margin:0;display:flex;gap:14px;align-items:center}
header p{color:var(--faint);margin:6px 0 16px}
.answer{font-size:12.5px;font-weight:600;padding:1px 10px;border-radius:99px;border:1px solid currentColor;white-space:nowrap}
.answer.pass{color:var(--handled)}.answer.fail{color:var(--dead)}.answer.not-run{color:var(--faint)}
.features{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 12px}
.features div{display:flex;gap:6px;background:var(--sheet);border:1px solid var(--line);border-radius:6px;padding:1px 8px;font-size:13px}
dt{color:var(--faint)}dd{margin:0;font-variant-numeric:tabular-nums}
.legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 5px 0 14px}
.legend i:first-child{margin-left:0}
i.published{background:var(--published)}i.handled{background:var(--handled)}i.retried{background:var(--retried)}i.dead{background:var(--dead)}i.fault{background:var(--fault);outline:1px solid var(--dead)}
details{background:var(--sheet);border:1px solid var(--line);border-radius:9px;margin:0 0 8px;padding:0 16px}
details.fail{border-color:var(--dead)}
summary{display:grid;grid-template-columns:42px 1fr auto 62px;gap:10px;align-items:center;padding:9px 0;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary:focus-visible{outline:2px solid var(--published);outline-offset:4px;border-radius:4px}
.took{color:var(--faint);text-align:right;font-variant-numeric:tabular-nums;font-size:13px}
.why{color:var(--dead);margin:0 0 10px}.not-run .why{color:var(--faint)}
.figures{display:flex;flex-wrap:wrap;gap:2px 18px;margin:0 0 10px;color:var(--faint);font-size:13.5px}
.figures b{color:var(--ink);font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:auto;margin:0 0 14px;font:11.5px system-ui,sans-serif}
svg text{fill:var(--ink)}svg .total{fill:var(--faint);text-anchor:end;font-variant-numeric:tabular-nums}svg .tick,svg .fault-name{fill:var(--faint)}svg .fault-name{fill:var(--dead)}
svg line{stroke:var(--line)}
path.published{fill:var(--published)}path.handled{fill:var(--handled)}path.retried{fill:var(--retried)}path.dead{fill:var(--dead)}
rect.fault{fill:var(--fault)}
`;
