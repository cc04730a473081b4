"""One server process: the application, warm before its first reader."""

import gc

from litestar import Litestar

from registry.app import create_app
from registry.web.templates import compile_templates


def worker() -> Litestar:
    """The application as a server process runs it."""
    compile_templates()
    app = create_app()
    # What lives as long as the process leaves the garbage collector's sight: a fifth of an event page's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return app
