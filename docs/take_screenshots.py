"""The README's screenshots, taken of a running `make run`: `make shots`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from counterfoil.settings import load_settings

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
WIDE, NARROW = (1280, 900), (390, 844)


def main(folder: Path) -> None:
    """Write the pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    base = load_settings(Path(__file__).resolve().parents[1] / "sandbox" / "counterfoil.toml").web.base_url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        finance = _signed_in(browser, base, "finance", WIDE, is_dark=False)
        _take(finance, f"{base}/", folder / "revenue.png")
        _take(finance, f"{base}/tax", folder / "tax.png")
        _take(finance, f"{base}/reconciliation", folder / "reconciliation.png")
        agent = _signed_in(browser, base, "agent", WIDE, is_dark=False)
        customer = _a_customer(agent, base)
        _take(agent, customer, folder / "customer.png")
        _take(_signed_in(browser, base, "agent", NARROW, is_dark=True), customer, folder / "customer-narrow-dark.png")
        agent.goto("http://127.0.0.1:8441/")
        agent.locator(".tickets a").first.click()
        _take(agent, agent.url, folder / "macros.png")
        _take(_signed_in(browser, base, "auditor", WIDE, is_dark=True), f"{base}/audit", folder / "audit.png")
        browser.close()


def _signed_in(browser: Browser, base: str, role: str, size: tuple[int, int], *, is_dark: bool) -> Page:
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme="dark" if is_dark else "light")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{base}/sandbox/sign-in")
    page.locator(f"button[value={role}]").click()
    return page


def _a_customer(page: Page, base: str) -> str:
    page.goto(f"{base}/customers?q=0012")
    href = page.locator("a[href^='/customers/per_']").first.get_attribute("href")
    return f"{base}{href}"


def _take(page: Page, url: str, path: Path) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
