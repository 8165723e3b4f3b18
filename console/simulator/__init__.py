"""The gateway, simulated: its AMI server, its `/sendsms`, its "SMS to HTTP" caller and the network behind it.

`gateway.Gateway(options.SimulatorOptions(...))` is the whole box; everything else here is a part of it.
"""
