"""The command that runs the site alone."""

from __future__ import annotations

from typing import Annotated

import typer

from config.settings import load_settings
from flows.console import out
from flows.server.ports import LOOPBACK, free_port
from flows.server.process import stop_on_signals

app = typer.Typer()

SITE_PORT = 4280
SitePortOption = Annotated[
    int, typer.Option("--site-port", help="The port of the site that people answer on; another if it is taken.")
]


@app.command()
def site(
    port: Annotated[int, typer.Option("--port", help="The port to listen on; another if it is taken.")] = SITE_PORT,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = LOOPBACK,
) -> None:
    """Run the site that talents and leaders answer on, alone, until Ctrl-C: behind a proxy that speaks TLS."""
    from flows.site.serve import addresses_of, serve

    chosen = free_port(port, host)
    out.print(f"Answers: {addresses_of(load_settings().site_url, host, chosen)[0]} (listens on port {chosen})")
    try:
        serve(host, chosen)
    except KeyboardInterrupt:
        out.print("\nEnding …")
    finally:
        stop_on_signals()
