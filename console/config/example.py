"""The commented example that `gsm-console config init` writes. It loads as it stands."""

from __future__ import annotations

EXAMPLE = """\
# gsm-console configuration. Lines that begin with # are comments or show a default.
# Keep this file to yourself (chmod 600): it may hold secrets. Check it with `gsm-console config check`.

# The database with inbox and outbox. Relative paths start at this file's folder, ~ is your home.
# Default: the platform's data folder; `gsm-console config check` shows it.
# database = "console.db"

# Seconds to wait after ESC before it counts as the Escape key, not as the start of an arrow or function key.
# Default: 0.1; over SSH 0.2 to 1, measured from the terminal's answers.
# escape_seconds = 0.1

# The HTTP server that receives the gateway's "SMS to HTTP" calls.
[receiver]
# Address to listen on. The gateway must reach it: "0.0.0.0" listens on every interface. Then set below, under
# each gateway, who may call: the calls have no password.
host = "127.0.0.1"
# TCP port to listen on, 0 to 65535 (0: any free one).
tcp_port = 8080
# Requests per second accepted from one address; further ones wait, none is lost. 0: no limit.
# Default: 1000, and no limit for this machine (a tunnel, a proxy).
# max_rate = 1000
# Addresses that may read /healthz and /metrics. Default: anyone who reaches the receiver.
# monitors = ["127.0.0.1", "192.0.2.0/24"]
# When the console loses its terminal (the SSH line dropped), keep receiving without a screen until another
# console or `gsm-console receive` takes over. false: stop with the console.
# keep_after_hangup = true

# What happens to received messages.
# [inbox]
# Join SMS that look like parts of a long one if the gateway does not number them. The parts are kept.
# join_parts = true
# Delete what is older, or exceeds the newest N messages. Default: keep everything.
# keep_days = 365
# keep_messages = 1000000

# Rules for sending.
# [sending]
# The country that numbers without + belong to (ISO 3166), e.g. "DE". Default: numbers go as they are typed.
# default_region = "DE"
# Above this number of recipients the operator types their number to confirm.
# confirm_above = 20
# Minutes during which you are warned about the same text to the same number; 0: never.
# repeat_minutes = 10
# Hours after which a message that could not be sent is too late and never sent, unless it has its own time; 0: it waits
# for ever.
# not_after_hours = 12
# In the recipient's time zone, if the number shows it; sending then needs confirmation.
# quiet_hours = "21:00-08:00"
# true: nobody may send or change anything. Or name the Unix users who may not.
# read_only = false
# read_only_users = ["trainee"]
# Whole texts by which people ask for no more messages, in any case. Default: STOP and others, in several languages.
# opt_out_words = ["STOP", "UNSUBSCRIBE"]
# Number prefixes you are warned about, and why.
# [sending.deny]
# "+882" = "satellite phones: very expensive"

# Other programs that send through the gateways: the beginning of their message ids, and a name to show.
# [sending.others]
# "crm-" = "CRM"

# Message templates by name. {fields} are filled from the columns of a recipient list.
# [templates]
# outage = "Service {service} is down. We are on it."

# When to raise an alarm.
# [alarms]
# Seconds for which a port is not registered (or has no SIM, waits for a PIN, is off) before an alarm.
# unregistered_seconds = 60
# Signal, 0 to 31, below which it is low, and for how many seconds.
# low_signal = 5
# low_signal_seconds = 600
# Sends in a row that fail on a registered port: the SIM may be blocked. The screen marks the port, and messages with
# a free choice use other ports for a while. 0: no alarm; the rest uses 3.
# failures = 3
# A port that has received nothing for this many times its usual interval. 0: never.
# silent_factor = 5
# Share of a SIM's limit at which the limit is near.
# limit_share = 0.9
# Age in seconds at which port data is old, for the alarm, the screen and the choice of a port; at least
# six times status_period.
# stale_seconds = 120
# Seconds that the AMI link or the receiver is down.
# down_seconds = 15
# Minutes after which an unacknowledged alarm sounds again. 0: never.
# repeat_minutes = 15
# The terminal's bell.
# bell = true
# A program to run when an alarm is raised or cleared: no shell; details come as GSM_ALARM_… variables and
# as JSON on standard input. Killed after command_timeout seconds.
# command = ["/usr/local/bin/page-noc"]
# command_timeout = 10

# What is done by itself: one [[rules]] block for each rule. `gsm-console help rules` explains; try one before you
# reload with `gsm-console rules try`.
# [[rules]]
# A name of its own: how far the rule has come is kept under it.
# name = "parcels"
# "sms" (received), "result" (of what was sent), "alarm" or "sim" (another SIM in a port).
# on = "sms"
# A search, as behind `/` in that list. Default: everything.
# when = "parcel -test"
# A program and its arguments, no shell: details come as GSM_RULE_... variables, as JSON on standard input, and in place
# of whole arguments such as "{number}" and "{text}".
# run = ["/usr/local/bin/ticket", "{number}", "{text}"]
# A URL that JSON is posted to, and a secret that signs it (each also as _env or _file).
# webhook = "https://192.0.2.20/sms"
# webhook_secret = "change-me"
# URLs of apprise: mail, Slack, Telegram and others. Needs the extra package gsm-console[notify].
#   notify_file = "notify.urls"
# Mark the message as "read", "claimed" or "done".
# mark = "read"
# Its row: "good", "busy", "warning", "bad", "quiet" or "accent".
# colour = "warning"
# The terminal's bell, and a notification of the terminal itself (see [screen]).
# bell = true
# terminal = true
# A text to send back; never without may_answer, and at most so often to a number.
# may_answer = true
# answer = "The office opens at 8:00."
# answer_limit = "5 in 10 minutes"
# Seconds for a program, webhook or notification, and attempts before it is given up.
# timeout = 10
# attempts = 8

# How your terminal shows notifications: "off", "osc9" (iTerm2, Windows Terminal, WezTerm), "osc777" (foot, urxvt,
# Ghostty) or "osc99" (kitty).
# [screen]
# notify = "off"

# The AMI log on disk, readable after a restart: size of a file in MiB, number of files.
# [ami_log]
# keep = true
# directory = "ami-log"
# file_mebibytes = 16
# files = 16

# Your own keys: the id of an action, and its keys. `gsm-console config keys` lists the ids.
# [keys]
# "inbox.reply" = "r,ctrl+r"

# Your own commands: a word to type after the colon, and the command it stands for.
# [aliases]
# balance = "ussd 3 *100#"

# One [[gateways]] block for each gateway.
[[gateways]]
# Short and unique: 1 to 32 of A-Z a-z 0-9 _ . -
name = "gw1"
# Address or host name of the gateway. Calls from this address count as this gateway's.
host = "192.168.0.10"
# Make and firmware: "openvox", "openvox-2014" (HTTP ports as gsm-1.3), "openvox-2013" (driver 2.0.8) or "yeastar".
# dialect = "openvox"
# Addresses and networks that may call for this gateway. Default: any address that reaches the receiver.
# callers = ["192.168.0.10", "10.0.0.0/8"]
# The country of its numbers without +, if not default_region.
# region = "FR"
# Tokens, one of which a call must carry: on the gateway's page SMS to HTTP as path `sms/gw1/TOKEN`. The query's
# user-defined part does too (`token=TOKEN`), but results and reports come without it. 16 to 128 of A-Z a-z 0-9 _ -.
# At most two, both valid, so that you can change them without a gap. Or one per line from elsewhere:
#   tokens_env = "GW1_TOKENS"
#   tokens_file = "gw1.tokens"
# tokens = ["change-me-to-a-long-random-word"]
# Price of one segment, and its currency; shown while you write.
# price_per_segment = 0.05
# currency = "EUR"
# Character set of the texts in its calls.
# charset = "utf-8"
# Seconds to wait for the result of an accepted message before it counts as unknown. 0: for ever.
# result_wait = 150.0
# Seconds from the end of one SMS to the start of the next on the same port, and after one that failed. Default: 0,
# and 10 for the first on a Yeastar.
# pace = 3.0
# pace_after_failure = 30.0
# Segments each SIM may send, from midnight to midnight and per calendar month (local time). 0: no limit.
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
# Seconds for one round of status requests over all ports. It slows down by itself while nothing changes.
# status_period = 10.0
# Seconds the gateway waits for the module when it sends (`gsm send sync ... <timeout>`).
# sync_timeout = 30
# Maximum number of sending sessions, besides the one for events.
# send_sessions = 4
# Capacity of one segment: GSM-7 alone, GSM-7 in a part, UCS-2 alone, UCS-2 in a part (septets, UTF-16 units).
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
# true checks the certificate of https. Gateways ship with a self-signed one.
# verify_tls = false
# How a port is written: "number" (new firmware: 3) or "board.span" (old firmware: gsm-1.3). Default: by dialect.
# port_style = "number"
# Segment sizes of the gateway's own splitter, as above, in characters.
# segment_sizes = [160, 140, 67, 67]

# A user and password that a call must give (HTTP Basic).
# [gateways.basic]
# username = "gw1"
# password = "change-me"

# Limits of a single SIM, if they differ.
# [[gateways.sims]]
# port = 3
# daily_limit = 20

# Named port sets, offered next to `auto` and used in turn: "ascending" or "descending".
# [[gateways.port_sets]]
# name = "night"
# ports = [1, 2, 5]
# order = "ascending"

# Names of the callback's parameters, if you entered other names in "SMS to HTTP".
# On the left the meaning (number, port, port_name, text, time, imsi, status), on the right your names.
# [gateways.parameter_names]
# number = "sender"
# text = ["body", "content"]
"""
