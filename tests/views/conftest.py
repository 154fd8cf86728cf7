"""What the tests of the pages share."""

import pytest
from flask.testing import FlaskClient

from tests.town import Town
from tests.world import World


@pytest.fixture
def town(client: FlaskClient, clock) -> Town:
    with client.application.app_context():
        return Town(client, World())
