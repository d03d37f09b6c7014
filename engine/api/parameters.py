"""Query parameters that several reads share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from engine.api.paging import LARGEST_PAGE

# U+0000 cannot be stored, so nothing can be asked for by it.
Name = Annotated[str | None, Query(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before")]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows a page")]
