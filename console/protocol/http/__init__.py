"""The gateway's HTTP: callbacks and who may make them, `/sendsms`, `/smsstatus`."""
