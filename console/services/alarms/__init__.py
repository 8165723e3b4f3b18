"""Alarms: watched for, and told to a program."""
