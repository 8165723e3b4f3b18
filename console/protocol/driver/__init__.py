"""The channel driver behind every make (chan_extra): its arguments, what it says of a port, how it refuses."""
