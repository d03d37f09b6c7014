"""The documentation page: the operations of the OpenAPI document as plain HTML, without a script and without the network."""

from __future__ import annotations

from html import escape
from typing import Any

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{{font:16px/1.6 system-ui,"Noto Sans SC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}}
code,pre{{font:14px/1.5 ui-monospace,monospace;background:#f3f4f6;border-radius:3px}}code{{padding:0 .25em}}pre{{padding:.75rem;overflow:auto}}
section{{border-top:1px solid #d1d5db;margin-top:1.5rem}}table{{border-collapse:collapse}}td,th{{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}}
.m{{font-weight:700;display:inline-block;min-width:4em}}</style></head><body><h1>{title}</h1>"""


def page(document: dict[str, Any]) -> str:
    """The page for an OpenAPI 3.1 document."""
    parts = [
        _HEAD.format(title=escape(document["info"]["title"])),
        _paragraphs(document["info"].get("description", "")),
    ]
    parts.append('<p>The document itself: <a href="/api/v1/openapi.json"><code>/api/v1/openapi.json</code></a>.</p>')
    for path, methods in document["paths"].items():
        parts += [_operation(path, method, operation) for method, operation in methods.items()]
    return "".join((*parts, "</body></html>"))


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    return (
        f'<section><h2><span class="m">{escape(method.upper())}</span> <code>{escape(path)}</code></h2>'
        f"<p>{escape(operation.get('summary', ''))}</p>{_paragraphs(operation.get('description', ''))}"
        f"{_parameters(operation.get('parameters', []))}{_responses(operation.get('responses', {}))}</section>"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}{', required' if one.get('required') else ''}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in parameters
    )
    return f"<table><tr><th>parameter</th><th>in</th><th></th></tr>{rows}</table>"


def _responses(responses: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(one.get('description', ''))}</td></tr>"
        for status, one in responses.items()
    )
    return f"<table><tr><th>status</th><th></th></tr>{rows}</table>"


def _paragraphs(text: str) -> str:
    blocks = (block.strip() for block in text.split("\n\n"))
    return "".join(
        f"<pre>{escape(block.removeprefix('```json').removeprefix('```').removesuffix('```').strip())}</pre>"
        if block.startswith("```")
        else f"<p>{escape(block)}</p>"
        for block in blocks
        if block
    )
