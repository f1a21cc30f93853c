/**
 * How the page of the endpoints looks.
 *
 * @module
 */

/** CSS. Fonts are the reader's own, light or dark as the reader's system is. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #66707b; --line: #e2e5e9; --paper: #fff; --wash: #f6f7f8; --link: #2b5f8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe3e8; --quiet: #949da7; --line: #2f353c; --paper: #16191d; --wash: #1d2126; --link: #8db8dc; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.6 system-ui, sans-serif; display: grid; grid-template-columns: 19rem minmax(0, 46rem); gap: 3.5rem; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 2.5rem 1.5rem; background: var(--wash); border-right: 1px solid var(--line); }
nav h1 { font-size: 1.15rem; line-height: 1.3; margin: 0; }
nav h2 { font-size: 0.8rem; font-weight: 600; color: var(--quiet); margin: 1.75rem 0 0.35rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: flex; gap: 0.5rem; align-items: baseline; padding: 0.2rem 0; color: inherit; text-decoration: none; font-size: 0.9rem; overflow-wrap: anywhere; }
nav a:hover span:last-child, nav a:focus-visible span:last-child { text-decoration: underline; }
.version { margin: 0.25rem 0 0; color: var(--quiet); font-size: 0.85rem; }
.version a { display: inline; color: var(--link); font-size: inherit; }
main { padding: 2.5rem 1.5rem 6rem 0; }
section > h2 { font-size: 1.35rem; margin: 0 0 1rem; }
section + section { margin-top: 3.5rem; }
article { padding: 1.75rem 0; border-top: 1px solid var(--line); }
h3 { display: flex; gap: 0.75rem; align-items: baseline; font-size: 1.05rem; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h4 { font-size: 0.9rem; margin: 1.5rem 0 0.4rem; }
p { margin: 0.4rem 0; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.875em; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; overflow-x: auto; line-height: 1.5; margin: 0.4rem 0; }
pre b { font-weight: 600; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.35rem 1.5rem; margin: 0; }
dd { margin: 0; }
.quiet { color: var(--quiet); font-size: 0.85em; font-family: system-ui, sans-serif; }
pre .quiet { font-family: inherit; font-size: inherit; }
.method { flex: none; min-width: 3.4rem; font: 600 0.7rem/1.9 ui-monospace, Menlo, Consolas, monospace; color: #3d6b4f; }
.post { color: #8a5a12; } .put, .patch { color: #6b5296; } .delete { color: #a33d3d; }
@media (prefers-color-scheme: dark) { .method { color: #86bd9a; } .post { color: #d6a85f; } .put, .patch { color: #b6a1dc; } .delete { color: #e08f8f; } }
@media (max-width: 52rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 2rem 1.5rem 4rem; }
}
`.trim();
