"""GSM ports, at a glance and one by one."""
