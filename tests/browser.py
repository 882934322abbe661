"""The Chromium of this machine, for the fixtures called `browser`."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

EXPECT_MILLISECONDS = 20_000
"""How long a page may take to show what is expected: other tests run beside it."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
LEFT_OUT = (
    # The address line no test sees: a page of its own in each window, twice as dear as the page that is tested.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    # What Playwright leaves out itself. Chromium hears only the last such list.
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
"""Chromium's features."""
ARGUMENTS = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(LEFT_OUT)}",
)


@contextlib.contextmanager
def opened_browser() -> Iterator[Browser]:
    """A browser without a window. While it is open no event loop can run in this thread.

    Where there is none the tests are skipped; under CI, which installs one, they fail.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = "no Chromium on this machine: set CHROMIUM to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; .ci/run installs one")
        pytest.skip(reason)
    # Chromium has no sandbox for root.
    sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        expect.set_options(timeout=EXPECT_MILLISECONDS)
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *sandbox])
        yield browser
        browser.close()
