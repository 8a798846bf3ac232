"""What a person reads when something is not possible: always a sentence, never a stack."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from counterfoil.prefect_api import QueueUnavailable
from dashboards.addresses import with_query
from dashboards.billing.visits import NotLetIn, session_of
from dashboards.filters import BadFilter
from dashboards.frames import FrameExpired
from dashboards.roles import PAGES, FormForged, NotAllowed, NotSignedIn, Visitor, home_of, visitor_of
from dashboards.service import service_of
from dashboards.sessions import new_session
from warehouse.published import NothingPublished


def register(app: FastAPI) -> None:
    """Tie each kind of failure to its page."""
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(NotLetIn, _not_let_in)
    app.add_exception_handler(FormForged, _form_forged)
    app.add_exception_handler(FrameExpired, _frame_expired)
    app.add_exception_handler(BadFilter, _bad_filter)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(QueueUnavailable, _queue_unavailable)
    app.add_exception_handler(NothingPublished, _nothing_published)


def message(request: Request, status: int, title: str, sentence: str) -> Response:
    """One sentence on a page, or as JSON or plain text for those that are no browsers."""
    if request.url.path.endswith("/state") or request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status)
    if request.url.path.startswith(("/webhooks/", "/assets/", "/healthz")):
        return PlainTextResponse(sentence, status)
    service = service_of(request)
    if request.url.path == "/billing" or request.url.path.startswith("/billing/"):
        return service.customer_pages.html(request, "message.html", session_of(request), status=status)
    visitor = _visitor_or_nobody(request)
    return service.pages.html(request, visitor, "message.html", status=status, title=title, sentence=sentence)


def _visitor_or_nobody(request: Request) -> Visitor:
    """Whoever asks; in a frame that is no longer good nobody, who may read in that frame why."""
    try:
        return visitor_of(request)
    except FrameExpired as error:
        return Visitor("", "", new_session(), error.frame)
    except HTTPException:
        return Visitor("", "", new_session())


def _frame_expired(request: Request, error: Exception) -> Response:
    sentence = "This panel was open for too long, or your account was changed. Open the ticket again to go on."
    return message(request, 401, "Open the ticket again", sentence)


def _not_signed_in(request: Request, error: Exception) -> Response:
    if request.method != "GET" or request.url.path.endswith(("/state", ".json", ".svg")):
        return message(request, 401, "Please sign in", "Your session has ended. Sign in, then try again.")
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    door = "/sandbox/sign-in" if service_of(request).is_sandbox else "/sign-in"
    return RedirectResponse(
        with_query(door, {"next": wanted if wanted != "/" else None} if door == "/sign-in" else {}), 303
    )


def _not_let_in(request: Request, error: Exception) -> Response:
    return RedirectResponse("/billing/code", 303)


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)
    if request.url.path == "/" and home_of(error.role) != "/":
        return RedirectResponse(home_of(error.role), 303)
    label = next((page.label for page in PAGES if page.path == request.url.path), "This page")
    may = " and ".join(sorted(error.may))
    return message(
        request, 403, "Not for your role", f"{label} is for {may}. You are signed in as {error.role}; ask one of them."
    )


def _form_forged(request: Request, error: Exception) -> Response:
    sentence = (
        "This form does not belong to your session, so nothing was done. Go back, reload the page, and try again."
    )
    return message(request, 403, "Form out of date", sentence)


def _bad_filter(request: Request, error: Exception) -> Response:
    return message(request, 400, "This filter cannot be used", str(error))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = ", ".join(sorted({str(mistake["loc"][-1]) for mistake in error.errors()}))
    return message(request, 400, "Something is missing", f"This could not be read: {fields}. Go back and fill it in.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    known = {
        404: ("Not found", "There is nothing at this address. It may have been mistyped, or not be published yet."),
        405: ("Not possible here", "This address does not take that kind of request."),
        413: ("Too large", str(error.detail)),
    }
    title, sentence = known.get(status, (HTTPStatus(status).phrase, str(error.detail)))
    return message(request, status, title, sentence if status == 404 or error.detail is None else sentence)


def _queue_unavailable(request: Request, error: Exception) -> Response:
    sentence = "The queue of actions does not answer, so nothing was queued or changed. Try again in a moment."
    return message(request, 503, "The queue does not answer", sentence)


def _nothing_published(request: Request, error: Exception) -> Response:
    sentence = "Nothing has been published yet. Pages fill after the first `counterfoil ingest`, `build` and `publish`."
    return message(request, 200, "No data yet", sentence)
