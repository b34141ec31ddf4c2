"""What leaves a record: CSV, PDF, FHIR and the worksheet."""
