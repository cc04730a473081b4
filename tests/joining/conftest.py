"""A site at which several people of one offer are signed in, each in a browser of their own."""

import pytest
from litestar.testing import AsyncTestClient

from tests.visits import Visit, visit_to


@pytest.fixture
def visit(client: AsyncTestClient) -> Visit:
    """A visitor's browser at the site of ``client``."""
    return visit_to(client)
