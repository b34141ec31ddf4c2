"""Before a visit: patient, plan, devices, readiness."""
