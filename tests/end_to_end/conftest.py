"""Windows that are driven end to end are waited for as patiently as everywhere."""

from tests.patient_bot import qtbot  # noqa: F401
