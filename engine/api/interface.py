"""The application: FastAPI, but for the one address that is in a hurry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

EVENTS = "/api/v1/events"


class Interface(FastAPI):
    """Messages go straight to their door: it reads and answers by itself, and needs nothing of what stands between a route and its caller."""

    door: ASGIApp | None = None

    def open(self, post: Callable[[Request], Awaitable[Response]], measured: Callable[[ASGIApp], ASGIApp]) -> None:
        """`post` answers messages, `measured` times them. The route itself is there too: for its name, and for other methods."""
        self.add_route(EVENTS, post, methods=["POST"])
        route = self.routes[-1]

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            scope["route"] = route
            request = Request(scope, receive)
            try:
                response = await post(request)
            except Exception as error:  # noqa: BLE001 - what nobody answers is raised again
                response = await self._said(request, error)
            await response(scope, receive, send)

        self.door = measured(door)

    async def _said(self, request: Request, error: Exception) -> Response:
        """What answers errors elsewhere answers them here; a defect goes on to whoever runs us."""
        found = (self.exception_handlers[kind] for kind in type(error).__mro__ if kind in self.exception_handlers)
        handler = next(found, None)
        if handler is None:
            raise error
        return await handler(request, error)  # type: ignore[misc, no-any-return]  # ours are all coroutines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.door and scope["type"] == "http" and scope["path"] == EVENTS and scope["method"] == "POST":
            await self.door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
