"""GSM ports: read again and again, acted on when a person says so."""
