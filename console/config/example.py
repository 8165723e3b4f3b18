"""The commented example that `gsm-console config init` writes. It loads as it stands."""

from __future__ import annotations

EXAMPLE = """\
# gsm-console configuration. Lines that begin with # are remarks or show a default.
# Keep this file to yourself (chmod 600): it may hold secrets. Check it with `gsm-console config check`.

# The database with inbox and outbox. Relative paths start at this file's folder, ~ is your home.
# Default: the platform's usual place for data, as `gsm-console config check` shows.
# database = "console.db"

# Seconds after which ESC is the Escape key and not the beginning of an arrow or function key.
# Default: 0.1; over SSH 0.2 to 1, by how the terminal answers.
# escape_seconds = 0.1

# The HTTP server that takes the gateway's "SMS to HTTP" calls.
[receiver]
# Address to listen on. The gateway must reach it: "0.0.0.0" listens on every interface. Then say below, under
# each gateway, who may call: the calls come without a password.
host = "127.0.0.1"
# TCP port to listen on, 0 to 65535 (0: any free one).
tcp_port = 8080
# Requests a second that one address gets through; what is more waits, nothing is lost. 0: no limit.
# Default: 1000, and no limit for this machine itself (a tunnel, a proxy).
# max_rate = 1000
# Addresses that may read /healthz and /metrics. Default: whoever reaches the receiver.
# monitors = ["127.0.0.1", "192.0.2.0/24"]
# When the console's terminal is gone (the SSH line dropped), go on receiving without a screen until another
# console or `gsm-console receive` takes over. false: stop with the console.
# keep_after_hangup = true

# What happens to messages once they are kept.
# [inbox]
# Join SMS that look like the pieces of a long one, where the gateway does not number them. The pieces stay.
# join_parts = true
# Remove for good what is older, or more than the newest so many. Default: everything stays.
# keep_days = 365
# keep_messages = 1000000

# Rules for every send.
# [sending]
# The country that numbers without + belong to (ISO 3166), e.g. "DE". Default: numbers go as they are typed.
# default_region = "DE"
# Above so many recipients at once the operator types their number to confirm.
# confirm_above = 20
# Minutes in which the same text to the same number is warned about; 0: never.
# repeat_minutes = 10
# Hours after which a message that could not leave is not sent any more, unless it has a time of its own; 0: it waits
# for ever.
# not_after_hours = 12
# By the recipient's clock, as far as the number tells where that is; who writes then is asked first.
# quiet_hours = "21:00-08:00"
# true: nobody may send or change anything. Or only these Unix users may not.
# read_only = false
# read_only_users = ["trainee"]
# Beginnings of numbers that one should not write to, and why.
# [sending.deny]
# "+882" = "satellite phones: very expensive"

# How the ids begin that other programs give to what they send through the gateways, and what these are called here.
# [sending.others]
# "crm-" = "CRM"

# Texts to start from, by name. {fields} are filled from the columns of a list of recipients.
# [templates]
# outage = "Service {service} is down. We are on it."

# When something is an alarm.
# [alarms]
# Seconds that a port is out of the network (or without SIM, waiting for a PIN, off) before that is one.
# unregistered_seconds = 60
# Signal, 0 to 31, below which it is low, and for how many seconds.
# low_signal = 5
# low_signal_seconds = 600
# Sends in a row that fail on a registered port: the SIM may be blocked. The screen marks the port, and messages that
# may choose take other ones for a while. 0: no alarm; for the rest it is 3.
# failures = 3
# A port that has brought nothing for so many times its usual pause. 0: never.
# silent_factor = 5
# Share of a SIM's limit from which it is near.
# limit_share = 0.9
# Age in seconds from which what is known of a port is old, to the alarm, the screen and the choice of a port; at least
# six times status_period.
# stale_seconds = 120
# Seconds that the AMI link or the receiver is down.
# down_seconds = 15
# Minutes after which an alarm that nobody acknowledged sounds again. 0: never.
# repeat_minutes = 15
# The terminal's bell.
# bell = true
# A program to run when an alarm is raised or cleared: no shell, what it is about comes as GSM_ALARM_… variables and
# as JSON on standard input. Killed after command_timeout seconds.
# command = ["/usr/local/bin/page-noc"]
# command_timeout = 10

# The AMI log on disk, readable after a restart: files of so many MiB, so many of them.
# [ami_log]
# keep = true
# directory = "ami-log"
# file_mebibytes = 16
# files = 16

# Keys of your own: the id of an action, and the keys for it. `gsm-console config keys` lists the ids.
# [keys]
# "inbox.reply" = "r,ctrl+r"

# Commands of your own: a word to type behind the colon, and the command that it stands for.
# [aliases]
# balance = "ussd 3 *100#"

# One [[gateways]] block for each gateway.
[[gateways]]
# Short and unique: 1 to 32 of A-Z a-z 0-9 _ . -
name = "gw1"
# Address or host name of the gateway. Calls from this address are taken as this gateway's.
host = "192.168.0.10"
# Addresses and networks that may call for this gateway. Default: any address that reaches the receiver.
# callers = ["192.168.0.10", "10.0.0.0/8"]
# The country of its numbers without +, where that is not default_region.
# region = "FR"
# Tokens, one of which a call must carry: on the gateway's page SMS to HTTP as path `sms/gw1/TOKEN`. The query's
# user-defined part does too (`token=TOKEN`), but results and reports come without it. 16 to 128 of A-Z a-z 0-9 _ -.
# Two at most, both valid, so that they can be changed in peace. Or one a line from elsewhere:
#   tokens_env = "GW1_TOKENS"
#   tokens_file = "gw1.tokens"
# tokens = ["change-me-to-a-long-random-word"]
# What one segment costs, and in what; shown while you write.
# price_per_segment = 0.05
# currency = "EUR"
# What the texts of its calls are written in.
# charset = "utf-8"
# Seconds for which the result of an accepted message is waited for, before it counts as unknown. 0: for ever.
# result_wait = 150.0
# Seconds from the end of one SMS to the start of the next on the same port, and after one that failed. Default: 0.
# pace = 3.0
# pace_after_failure = 30.0
# Segments that may go by each SIM, from midnight to midnight and in a calendar month (local time). 0: no limit.
# daily_limit = 200
# monthly_limit = 3000

# The Asterisk Manager Interface: events, port status, sending by AMI. Leave the table out to do without.
[gateways.ami]
# TCP port.
tcp_port = 5038
# The account of the gateway's page ADVANCED > Asterisk API. It needs write of command (status and sending)
# and read of system and call (events).
username = "admin"
# The secret, in one of three ways:
#   secret = "words"            here
#   secret_env = "GW1_SECRET"   from an environment variable
#   secret_file = "gw1.secret"  from a file that only you can read (chmod 600; anything wider is refused)
secret = "change-me"
# Seconds to connect and to log in, each.
# connect_timeout = 5.0
# Seconds to wait for an answer.
# answer_timeout = 10.0
# Seconds between two keep-alive Pings.
# ping_period = 15.0
# Seconds for one round of status questions over all ports. It slows down by itself while nothing changes.
# status_period = 10.0
# Seconds the gateway waits for the module when it sends (`gsm send sync ... <timeout>`).
# sync_timeout = 30
# Sending sessions at most, beside the one for events.
# send_sessions = 4
# What one segment holds: GSM-7 alone, GSM-7 in a part, UCS-2 alone, UCS-2 in a part (septets, UTF-16 units).
# segment_sizes = [160, 152, 70, 67]

# The gateway's "HTTP to SMS" interface, /sendsms. Leave the table out to do without.
[gateways.http]
# "http" or "https".
scheme = "http"
# TCP port; default 80, with https 443.
tcp_port = 80
# The account of the gateway's page SMS > SMS Settings > HTTP to SMS.
username = "smsuser"
# The password: password, password_env or password_file, as above.
password = "change-me"
# Seconds to connect.
# connect_timeout = 5.0
# Seconds to wait for the answer; after that the outcome counts as unknown.
# answer_timeout = 20.0
# The `timeout` parameter of /sendsms, seconds; left out by default. Old firmware waits that long, new
# ignores it.
# send_timeout = 20
# true checks the certificate of https. Gateways come with a self-made one.
# verify_tls = false
# How a port is written: "number" (new firmware: 3) or "board.span" (old firmware: gsm-1.3).
# port_style = "number"
# How the gateway's own splitter cuts, as above, in characters.
# segment_sizes = [160, 140, 67, 67]

# A user and password that a call must give (HTTP Basic).
# [gateways.basic]
# username = "gw1"
# password = "change-me"

# Limits of a single SIM, where they differ.
# [[gateways.sims]]
# port = 3
# daily_limit = 20

# Ports with a name, offered beside `auto` and gone through in turn: "ascending" or "descending".
# [[gateways.port_sets]]
# name = "night"
# ports = [1, 2, 5]
# order = "ascending"

# Names of the callback's parameters, if you typed others than the usual ones into "SMS to HTTP".
# On the left the meaning (number, port, port_name, text, time, imsi, status), on the right your names.
# [gateways.parameter_names]
# number = "sender"
# text = ["body", "content"]
"""
