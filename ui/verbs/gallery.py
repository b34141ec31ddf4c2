"""`kapmonitor gallery`: every screen as a picture."""

from pathlib import Path

import click


@click.command("gallery")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Render every screen in every theme and size into FOLDER."""
    from ui.gallery import render_gallery

    for path in render_gallery(folder):
        click.echo(path)
