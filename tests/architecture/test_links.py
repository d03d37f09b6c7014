"""What a page or a README points at is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.tree import ROOT, files, modules, texts

MARKDOWN_LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|href|srcset)="([^"]+)"')
# Paths in backticks: `engine/api/events.py`, `tests/chaos/`, `examples/wabo/mapping.yaml`.
MENTIONED = re.compile(r"`((?:rules|workflows|notifications|engine|tests|deploy|examples|docs|bench)/[\w./-]*[\w/])`")
CITED = re.compile(r"\b([\w-]+(?:\.[\w-]+)?\.md)\b")
TAG = re.compile(r"<(?:a|form|button|div|tbody|section|input|select|tr)\b[^>]*>", re.DOTALL)
EXPORTED = re.compile(r"p\.exports\(v, '(/[^']*)'\)")
ADDRESS = re.compile(r'\b(href|action|hx-get|hx-post)="(/[^"]*)"')
STATIC = re.compile(r"""static\(['"]([^'"]+)['"]\)""")


class Link(NamedTuple):
    page: str
    method: str
    address: str


def _pages() -> Iterator[tuple[Path, str]]:
    return ((path, text) for path, text in texts() if path.suffix == ".md")


def _links(text: str) -> Iterator[str]:
    for found in MARKDOWN_LINK.findall(text):
        target = (found[0] or found[1]).partition("#")[0]
        if target and not re.match(r"[a-z]+:", target):
            yield target


def test_every_link_in_a_page_of_the_repository_leads_somewhere():
    dead = [
        f"{path} → {link}"
        for path, text in _pages()
        for link in _links(text)
        if not (ROOT / path.parent / link).exists()
    ]
    assert not dead, "\n".join(dead)


def test_every_path_that_a_page_mentions_exists():
    dead = [f"{path}: {name}" for path, text in _pages() for name in MENTIONED.findall(text) if not _exists(name)]
    assert not dead, "\n".join(dead)


def test_no_file_cites_a_page_that_is_not_here():
    names = {path.name for path in files()}
    dead = [f"{path}: {name}" for path, text in texts() for name in CITED.findall(text) if name not in names]
    assert not dead, "\n".join(sorted(set(dead)))


def _exists(name: str) -> bool:
    """A file, a folder, or a module named without its ending."""
    return (ROOT / name).exists() or (ROOT / f"{name}.py").exists()


# -- the console's pages ----------------------------------------------------------------------------------------------


def _routes() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The routes of the console and of the API, as their decorators name them: `@router.get("/cases/{case_id:path}")`."""
    for _, module in modules("engine/console/pages", "engine/api"):
        prefix = _prefix(module)
        for node in ast.walk(module):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="router"), attr=method),
                    args=[ast.Constant(value=str(path)), *_],
                ):
                    pattern = re.sub(r"\\\{\w+:path\\\}", ".+", re.escape(prefix + path))
                    yield method, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", pattern))
                case ast.Call(func=ast.Name(id="exports"), args=[_, _, ast.Constant(value=str(path)), *_]):
                    yield "get", re.compile(re.escape(path) + r"\.(csv|xlsx)")


def _prefix(module: ast.Module) -> str:
    """What stands before all addresses of a module's router."""
    for node in ast.walk(module):
        match node:
            case ast.keyword(arg="prefix", value=ast.Constant(value=str(prefix))):
                return prefix
    return ""


def _page_links(name: str, html: str) -> Iterator[Link]:
    for path in EXPORTED.findall(html):
        yield from (Link(name, "get", f"{path}.{kind}") for kind in ("csv", "xlsx"))
    for tag in TAG.findall(html):
        for attribute, address in ADDRESS.findall(tag):
            posts = attribute == "hx-post" or (attribute == "action" and 'method="post"' in tag)
            path = re.sub(r"\{\{.*?\}\}", "x", address).partition("?")[0].partition("#")[0]
            yield Link(name, "post" if posts else "get", path)


def _templates() -> list[Path]:
    return [path for path in files() if str(path).startswith("engine/console/templates/")]


def test_every_link_and_form_of_the_console_has_a_route():
    routes = list(_routes())
    links = {link for path in _templates() for link in _page_links(path.name, (ROOT / path).read_text("utf-8"))}
    dead = [
        link for link in sorted(links) if not any(m == link.method and p.fullmatch(link.address) for m, p in routes)
    ]
    assert len(links) > 20, "the templates have moved: mend this test"
    assert not dead, "\n".join(map(str, dead))


def test_every_static_file_that_a_template_names_exists():
    named = {name for path in _templates() for name in STATIC.findall((ROOT / path).read_text("utf-8"))}
    assert named
    assert not [name for name in named if not (ROOT / "engine/console/static" / name).is_file()]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a class="x" href="/cases/{{ id|urlencode }}#ledger">', Link("p", "get", "/cases/x")),
        ('<form\n method="post" action="/signin">', Link("p", "post", "/signin")),
        ('<form action="/cases?{{ query }}">', Link("p", "get", "/cases")),
        ('<button hx-post="/findings/{{ id }}/consequence">', Link("p", "post", "/findings/x/consequence")),
    ],
)
def test_links_of_a_template_are_read_as_a_browser_would(html: str, expected: Link):
    assert list(_page_links("p", html)) == [expected]


def test_a_list_that_can_be_had_as_a_file_links_to_both_kinds():
    links = list(_page_links("p", "{{ p.exports(v, '/cases') }}"))
    assert links == [Link("p", "get", "/cases.csv"), Link("p", "get", "/cases.xlsx")]
