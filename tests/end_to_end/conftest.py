"""Windows that are driven end to end are waited for as patiently as everywhere."""

import pytest

from tests.patient_bot import PatientBot


@pytest.fixture
def qtbot(qapp, request) -> PatientBot:
    """Takes the place of pytest-qt's own."""
    return PatientBot(request)
