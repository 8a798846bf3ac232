"""The sandbox's mailbox keeps what it gets."""

from __future__ import annotations

import signal
import smtplib
import subprocess
import sys
from pathlib import Path

from sandbox.mailbox.server import running


def test_each_mail_is_one_file_with_its_envelope(tmp_path: Path) -> None:
    with running(tmp_path / "mails") as port, smtplib.SMTP("127.0.0.1", port) as smtp:
        for number in range(2):
            smtp.sendmail("a@example.com", ["b@example.org"], f"Subject: mail {number}\r\n\r\ntext\r\n")
    first, second = sorted((tmp_path / "mails").iterdir())
    assert first.suffix == second.suffix == ".eml"
    assert first.read_bytes() == (
        b"X-Envelope-From: a@example.com\r\nX-Envelope-To: b@example.org\r\nSubject: mail 0\r\n\r\ntext\r\n"
    )
    assert b"Subject: mail 1" in second.read_bytes()


def test_the_command_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    from sandbox.mailbox.server import free_port

    port = free_port()
    command = [sys.executable, "-m", "sandbox.mailbox", "--port", str(port), "--folder", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == f"Mailbox on 127.0.0.1:{port}, mails in {tmp_path}\n"
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("a@example.com", ["b@example.org"], "Subject: x\r\n\r\ntext\r\n")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()
    assert len(list(tmp_path.glob("*.eml"))) == 1
