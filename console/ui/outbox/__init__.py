"""The outbox, batches and the audit."""
