"""Flow: send issued and drawn documents to their payers."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger

from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from flows.invoicing.mail_server import post_of
from flows.invoicing.mailing import send_new


@flow(name="send-documents")
def send_documents(limit: int | None = None) -> dict[str, Any]:
    """Mail each new document to its payer, once; try again what the server deferred. At most `limit` mails are tried.

    Returns {"prepared", "accepted", "repeated", "refused", "deferred", "unknown", "not_sent"}; {} without [mail].
    """
    settings = load_settings()
    paths = Paths(settings.var_dir)
    post = post_of(settings, paths)
    if post is None:
        get_run_logger().info("The settings have no [mail]: no mail is sent.")
        return {}
    report = send_new(paths, post, clock=utc_now, limit=limit)
    for sentence in [*report.refused, *report.unknown, *report.not_sent]:
        get_run_logger().warning(sentence)
    return report.as_dict()
