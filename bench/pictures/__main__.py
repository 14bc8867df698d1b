"""Takes the pictures that the docs show: ``python -m bench.pictures`` (``make pictures``), in some minutes.

Each scene is a day of hold-3's year on a server of its own, in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.pictures.camera import Camera
from bench.pictures.day import day_served
from bench.pictures.names import FOLDER, NAMES
from bench.pictures.scenes import SCENES, Scene
from bench.work import expect
from tests.support.browser import BROWSER, FLAGS


def main(words: Sequence[str] | None = None) -> None:
    """Take all pictures, or those of the days that the command line names."""
    days = {f"{scene.day:%Y-%m-%d}": scene for scene in SCENES}
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=days, default=list(days), help="the pictures of these days only")
    given = parser.parse_args(words)
    expect("a browser", BROWSER is not None, True)
    taken = [name for day in given.only for name in _taken(days[day])]
    if len(given.only) == len(days):
        expect("every picture", sorted(taken), sorted(NAMES))


def _taken(scene: Scene) -> list[str]:
    sys.stdout.write(f"{scene.day:%d.%m.%Y}\n")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with day_served(home, scene.day) as place, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
            camera = Camera(browser, place, FOLDER)
            scene.take(camera, home)
            browser.close()
    return camera.taken


if __name__ == "__main__":
    main()
