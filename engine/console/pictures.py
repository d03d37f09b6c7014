"""Icons drawn by hand on a 16 × 16 grid; each always stands beside its word."""

from __future__ import annotations

from markupsafe import Markup

_PATHS = {
    "carriers": "M2.5 3h11v8h-11zM8 11v3M5.5 14h5M5 5.7h6M5 8h4",
    "simulations": "M2.5 13.5h11M4 11V8M8 11V3M12 11V6",
    "today": "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M5 9.5l2 2 4-4",
    "cases": "M2.5 2.5h11v11h-11zM5 5.5h6M5 8h6M5 10.5h4",
    "findings": "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.4 3.4",
    "proceedings": "M8 2v12M4.5 14h7M3 5h10M3 5l-1.7 4.2h3.4zM13 5l-1.7 4.2h3.4z",
    "voices": "M2 3.5h12v8h-7l-3 2.5v-2.5h-2zM8 5.5v2.6M8 9.4v.6",
    "scores": "M2.5 13.5v-4h3v4zM6.5 13.5v-7h3v7zM10.5 13.5v-11h3v11zM1.5 13.5h13",
    "certificates": "M3 2.5h10v8h-10zM5.5 5h5M5.5 7.5h3M6 10.5v4l2-1.2 2 1.2v-4",
    "units": "M6 2.5h4v3h-4zM2 10.5h4v3h-4zM10 10.5h4v3h-4zM8 5.5v2.5M4 10.5v-2.5h8v2.5",
    "items": "M2.5 3.5h2v2h-2zM2.5 7h2v2h-2zM2.5 10.5h2v2h-2zM7 4.5h6.5M7 8h6.5M7 11.5h6.5",
    "filings": "M3.5 2h6l3 3v9h-9zM9.5 2v3h3M5.5 8h5M5.5 10.5h3.5",
    "holds": "M3.5 7.5h9v6h-9zM5.5 7.5v-2.5a2.5 2.5 0 0 1 5 0v2.5M8 10v1.5",
    "calendars": "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M5 9h1M8 9h1M11 9h.5M5 11.5h1M8 11.5h1",
    "parked": "M2.5 9.5 4 3h8l1.5 6.5v4h-11zM2.5 9.5h3.5l.8 1.6h2.4l.8-1.6h3.5",
    "reconciliation": "M2.5 5h9M9 2.5 11.5 5 9 7.5M13.5 11h-9M7 8.5 4.5 11 7 13.5",
    "messages": "M2 3.5h12v8h-7l-3 2.5v-2.5h-2z",
    "channels": "M2.5 8h3M5.5 8 9 4.5h4.5M5.5 8 9 11.5h4.5M5.5 8h8M11.5 3l2 1.5-2 1.5M11.5 10l2 1.5-2 1.5",
    "mail": "M2 3.5h12v9h-12zM2 4l6 5 6-5",
    "help": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM6.2 6.2a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.3M8 11.2v.6",
    "warning": "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 11.6v.6",
    "yellow": "M4 2h8v12h-8z",
    "red": "M4 2h8v12h-8zM6.2 6.2l3.6 3.6M9.8 6.2l-3.6 3.6",
    "escalated": "M8 14V3M3.5 7.5 8 3l4.5 4.5",
    "ok": "M3 8.5l3.5 3.5L13 4.5",
    "bad": "M4 4l8 8M12 4l-8 8",
    "clock": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.5 1.8",
    "pause": "M5.5 3.5v9M10.5 3.5v9",
    "auto": "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4",
    "hint": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5v4.4M8 11v.6",
    "hold": "M3.5 7.5h9v6h-9zM5.5 7.5v-2.5a2.5 2.5 0 0 1 5 0v2.5",
    "menu": "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
    "out": "M9.5 2.5h-6v11h6M6.5 8h7.5M11.5 5.5 14 8l-2.5 2.5",
    "link": "M6.5 3.5h-3.5v9.5h9.5v-3.5M9 2.5h4.5v4.5M13.5 2.5l-6 6",
}


def icon(name: str) -> Markup:
    """An inline picture that screen readers pass over: its word says the same."""
    return Markup(  # noqa: S704 - the paths are ours
        '<svg class="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5"'
        f' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{_PATHS[name]}"/></svg>'
    )
