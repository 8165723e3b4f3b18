"""Yeastar TG and NeoGate: a fork of the same driver, asked by `smscommand`, with ports counted otherwise."""
