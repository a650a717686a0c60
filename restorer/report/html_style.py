"""The look of the HTML report: one style sheet, no scripts, no fonts or pictures to fetch."""

from __future__ import annotations

__all__ = ["PALETTE", "STYLE", "TABLES"]

# Colours are named once for each scheme; every text colour keeps 4.5:1 against the backgrounds it stands on.
PALETTE = """
:root { color-scheme: light dark;
  --page: #ffffff; --panel: #f4f6f8; --ink: #1a1f24; --soft: #55606b; --line: #d3d9df; --link: #0b57a4;
  --old: #a3161b; --new: #0a4020; --new-1: #e6f5ea; --new-2: #c4ebcf; --new-3: #94dbaa; --edge: #2e8b50;
  --flag: #7a4a00; --flag-edge: #b87700; --shade: 0 4px 18px rgb(0 0 0 / .22); }
@media (prefers-color-scheme: dark) { :root {
  --page: #14181c; --panel: #1e242a; --ink: #e4e8ec; --soft: #a3aeb9; --line: #39424b; --link: #7fbcff;
  --old: #ff9d96; --new: #d3f7de; --new-1: #1b3526; --new-2: #1f4a31; --new-3: #24623e; --edge: #57c17f;
  --flag: #f2c46b; --flag-edge: #d99f2b; --shade: 0 4px 18px rgb(0 0 0 / .7); } }
"""

STYLE = (
    PALETTE
    + """* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.bar { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: center;
  padding: .5rem 1rem; background: var(--panel); border-bottom: 1px solid var(--line); }
.bar fieldset { display: flex; flex-wrap: wrap; gap: .2rem .9rem; min-width: 0; margin: 0; padding: 0; border: 0; }
.bar legend { float: left; margin-right: .9rem; padding: 0; color: var(--soft); }
.bar label { white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0; padding: 0; list-style: none;
  font-size: .9rem; }
main { max-width: 68rem; margin: 0 auto; padding: 0 1rem 3rem; }
.document + .document { margin-top: 3rem; border-top: 3px double var(--line); }
h1 { margin: 0; font-size: 1rem; }
h2 { margin: 1.5rem 0 .2rem; font-size: 1.45rem; line-height: 1.25; overflow-wrap: anywhere; }
h3 { margin: 2.2rem 0 .6rem; font-size: 1.1rem; }
.verdict { margin: 0 0 1rem; font-size: 1.1rem; }
.figures { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; margin: 0; }
.figures div { padding: .45rem .7rem; background: var(--panel); border-radius: 6px; }
.figures dt { color: var(--soft); font-size: .8rem; }
.figures dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.text { max-width: 44rem; margin: 1.6rem 0 0; font: 1.08rem/1.75 Charter, "Iowan Old Style", Georgia, serif; }
.line { min-height: .7em; margin-bottom: .55em; white-space: pre-wrap; overflow-wrap: anywhere; }
.finding { position: relative; border-radius: 3px; cursor: help; }
del { color: var(--old); text-decoration: line-through; text-decoration-thickness: .1em; }
ins { padding: .05em .18em; border-radius: 3px; background: var(--new-1); color: var(--new); text-decoration: none;
  border-bottom: 2px dotted var(--edge); -webkit-box-decoration-break: clone; box-decoration-break: clone; }
ins.sure { background: var(--new-2); border-bottom-style: dashed; }
ins.certain { background: var(--new-3); border-bottom-style: solid; }
ins.own { background: none; border-bottom: 4px double var(--edge); }
mark { background: none; color: var(--flag); text-decoration: underline wavy var(--flag-edge) .09em;
  text-underline-offset: .22em; }
.acting { padding: 0 .15em; border: 1px solid var(--flag-edge); border-radius: 3px; color: var(--flag);
  font: .75em ui-monospace, monospace; }
.card { display: none; position: fixed; z-index: 3; inset: auto 0 0; max-height: 55vh; overflow: auto;
  padding: .8rem 1rem;
  background: var(--panel); color: var(--ink); border-top: 2px solid var(--line); box-shadow: var(--shade);
  font: .92rem/1.45 system-ui, sans-serif; white-space: normal; cursor: auto; }
.finding:hover > .card, .finding:focus-within > .card { display: block; }
.finding:focus-within > .card { z-index: 4; }
.card b, .card span { display: block; }
.card .more { color: var(--soft); }
body:has(#view-original:checked) .text :is(ins, .gap), body:has(#view-restored:checked) .text :is(del, .gap) {
  display: none; }
body:has(#view-original:checked) .text del { color: inherit; text-decoration: none; }
body:has(#view-restored:checked) .text ins { padding: 0; border: 0; background: none; color: inherit; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th { color: var(--soft); font-weight: 600; text-align: start; white-space: nowrap; }
th, td { padding: .5rem .8rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; }
tr:target td { background: var(--panel); }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
td ul { margin: .3rem 0; padding-left: 1.1rem; }
summary { cursor: pointer; color: var(--link); white-space: nowrap; }
.empty { color: var(--soft); font-style: italic; }
@media (min-width: 66rem) {
  .card { position: absolute; inset: 100% auto auto 0; width: 21rem; max-height: none; margin: 0;
    border: 1px solid var(--line); border-radius: 8px; } }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .bar { position: static; }
  html { scroll-padding-top: .5rem; }
  tr { display: grid; grid-template-columns: 2.2rem 1fr 1fr; gap: 0 .6rem; padding: .6rem 0;
    border-bottom: 1px solid var(--line); }
  td { padding: .1rem 0; border: 0; }
  td.first { grid-column: 1 / 3; }
  td.last { text-align: end; }
  td:has(details[open]) { grid-column: 1 / -1; } }
@media (min-width: 40rem) { .figures { grid-template-columns: repeat(4, 1fr); } }
@media print { .bar { position: static; } .card { display: none !important; } fieldset { display: none !important; } }
"""
)

# For pages that are mostly tables of figures: wide ones scroll sideways on a narrow screen and stay tables.
TABLES = """
main { padding-top: 1rem; }
.wide { overflow-x: auto; }
th, td { padding: .4rem .7rem; text-align: left; }
th.n, td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td:not(.n) { min-width: 8rem; }
.example { margin: .2rem 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  thead { position: static; width: auto; height: auto; clip-path: none; }
  tr { display: table-row; }
  td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); } }
"""
