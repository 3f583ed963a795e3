/** The one style sheet; its digest stands in the page's policy, so it is a constant. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2329; --dim: #5b6670; --line: #d9dee3; --paper: #fff; --band: #f5f7f9;
  --good: #13713a; --bad: #b3261e; --warn: #8a5300; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ec; --dim: #9aa6b1; --line: #343c44; --paper: #14181c; --band: #1c2227;
    --good: #6fd08c; --bad: #ff8f85; --warn: #f0b95b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .2rem 0; }
code, pre { font: .86em/1.4 ui-monospace, monospace; }
code { overflow-wrap: anywhere; }
pre { margin: .4rem 0; padding: .6rem; background: var(--band); border: 1px solid var(--line); overflow: auto;
  max-height: 28rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
td:first-child { white-space: nowrap; }
td.route { white-space: normal; min-width: 12rem; }
td.cell { white-space: nowrap; font-size: .86em; }
summary { cursor: pointer; padding: .15rem 0; }
details details { margin-left: 1.2rem; }
a { color: inherit; text-decoration: underline dotted; }
:target { background: var(--band); outline: 2px solid var(--warn); }
.dim { color: var(--dim); }
.note, .open, .not-run, .medium { color: var(--warn); }
.proved { color: var(--good); }
.failed, .high, .critical { color: var(--bad); }
.critical, .high { font-weight: 600; }
.low, .info, .not-applicable { color: var(--dim); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
@media (max-width: 50rem) { .pair { grid-template-columns: 1fr; } body { padding: .8rem; } }
`;
