"""The look of the pages that a person sees at the sandbox: plain, small, without a script.

What belongs here: what stands around every page, and how text of strangers gets into one. What does
not: what a page is about (``listening``, ``accounts.authorize``).
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

_STYLE: Final = """
:root { color-scheme: light dark; --paper: #f4f6f4; --card: #fff; --ink: #17201b;
  --soft: #55625a; --line: #d8dfda; --accent: #14683c; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --paper: #0f1512; --card: #18201c; --ink: #eaf2ed;
  --soft: #a3b3a9; --line: #2d3a33; --accent: #7ddca6; --on-accent: #06210f; } }
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink);
  background: var(--paper); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 40rem; padding: 1rem; overflow-wrap: anywhere; }
.where { margin: 0 0 1rem; padding: .6rem 1rem; border: 1.5px dashed var(--soft);
  border-radius: 10px; color: var(--soft); font-size: .9rem; }
.where b { color: var(--ink); }
main { background: var(--card); border: 1px solid var(--line); border-radius: 16px;
  padding: clamp(1.1rem, 4vw, 2rem); }
h1 { font-size: clamp(1.5rem, 1.2rem + 2vw, 2.1rem); line-height: 1.15; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
p { margin: .5rem 0; }
.kind { color: var(--accent); font-weight: 700; font-size: .9rem; margin: 0 0 .2rem; }
.soft, small { color: var(--soft); font-size: .9rem; }
.cover { display: block; width: 10rem; height: 10rem; object-fit: cover; border-radius: 10px;
  margin-bottom: 1rem; }
a { color: inherit; text-decoration-color: var(--accent); text-underline-offset: .18em; }
ol, ul { margin: .5rem 0; padding: 0; }
.songs { list-style: none; counter-reset: song; }
.songs li { counter-increment: song; display: grid; grid-template-columns: 2.2rem 1fr auto;
  gap: 0 .5rem; padding: .55rem 0; border-top: 1px solid var(--line); }
.songs li::before { content: counter(song); color: var(--soft);
  font-variant-numeric: tabular-nums; }
.songs a { text-decoration: none; font-weight: 600; }
.songs a:hover, .songs a:focus-visible { text-decoration: underline; }
.songs small { grid-column: 2; }
.songs small a { font-weight: 400; }
.songs time { color: var(--soft); font-variant-numeric: tabular-nums; grid-column: 3; grid-row: 1; }
.tag { font-size: .7rem; border: 1px solid var(--soft); color: var(--soft); border-radius: 3px;
  padding: 0 .3rem; }
.asks li { margin-left: 1.2rem; padding: .15rem 0; }
label { display: block; margin: 1.2rem 0 0; }
select, button { font: inherit; color: inherit; min-height: 48px; width: 100%; padding: 0 1rem;
  border: 1.5px solid var(--soft); background: var(--card); }
select { border-radius: 10px; margin-top: .3rem; }
button { border-radius: 999px; font-weight: 700; margin-top: .75rem; cursor: pointer; }
button.agree { background: var(--accent); border-color: var(--accent); color: var(--on-accent);
  min-height: 56px; font-size: 1.1rem; margin-top: 1.5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
"""
# A style in the page takes no second request; its digest lets in this one and no other.
_STYLE_SOURCE: Final = (
    f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Sandbox</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body>
<p class="where"><b>Sandbox: this is not Spotify.</b> {where}</p>
<main>
{body}
</main>
</body>
</html>
"""


def page(
    title: str, body: str, *, where: str, status: int = 200, form_leads_to: str = ""
) -> HTMLResponse:
    """A whole page, on which nothing of strangers runs.

    Args:
        title: As text.
        body: As HTML; whoever makes it escapes what others wrote.
        where: What is said beside "this is not Spotify", as text.
        status: Of the answer.
        form_leads_to: The origin to which a form's answer may redirect; empty: there is no form.
            Browsers check redirects, too.
    """
    policy = (
        "default-src 'none'",
        f"style-src {_STYLE_SOURCE}",
        "img-src 'self' data:",
        f"form-action 'self' {form_leads_to}" if form_leads_to else "form-action 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    headers = {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    text = _PAGE.format(title=escape(title), style=_STYLE, where=escape(where), body=body)
    # JSON can bring half of a character, which no encoding has.
    return HTMLResponse(text.encode(errors="replace"), status, headers)
