"""Short lists of questions that are no rounds: the readiness before the dose."""
