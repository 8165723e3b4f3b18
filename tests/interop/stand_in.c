/* A stand-in for the driver of a gateway (chan_extra 2.0.8), as a module of Asterisk 13 or later.
 *
 * Commands: gsm show spans, gsm show span N, gsm send sync sms N NUMBER TEXT TIMEOUT ...
 *   A TEXT that begins with "late" takes 8 seconds; one that begins with "bad" fails.
 * Application: ArrivedSMS(SPAN,SENDER,TIME,FILE OF THE TEXT) sets the variables of an SMS as the driver does before its
 *   dialplan starts: SMSORITXT raw, SMSTXT with quotes, backslashes and backticks escaped for a shell.
 * Application: System runs wget and nothing else: texts of a test never reach a shell.
 */
#define AST_MODULE "stand_in"
#define AST_MODULE_SELF_SYM __internal_stand_in_self
#include "asterisk.h"

#include "asterisk/app.h"
#include "asterisk/cli.h"
#include "asterisk/manager.h"
#include "asterisk/module.h"
#include "asterisk/pbx.h"

#define SPANS 4
#define STATUS "Power on, Provisioned, Up, Active, Standard"

static char *show_spans(struct ast_cli_entry *entry, int cmd, struct ast_cli_args *args)
{
	int span;

	switch (cmd) {
	case CLI_INIT:
		entry->command = "gsm show spans";
		entry->usage = "Usage: gsm show spans\n       Displays GSM spans\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	for (span = 1; span <= SPANS; span++)
		ast_cli(args->fd, "GSM span %d: " STATUS "\n", span);
	return CLI_SUCCESS;
}

static char *show_span(struct ast_cli_entry *entry, int cmd, struct ast_cli_args *args)
{
	int span;

	switch (cmd) {
	case CLI_INIT:
		entry->command = "gsm show span";
		entry->usage = "Usage: gsm show span <span>\n       Displays detailed information on a given GSM span\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (args->argc != 4)
		return CLI_SHOWUSAGE;
	span = atoi(args->argv[3]);
	if (span < 1 || span > SPANS) {
		ast_cli(args->fd, "Invalid span '%s'.  Should be a number from %d to %d\n", args->argv[3], 1, SPANS);
		return CLI_SUCCESS;
	}
	ast_cli(args->fd, "D-channel: %d\nStatus: " STATUS "\nNetwork Name: Stand-in\n", 2 * span);
	ast_cli(args->fd, "Network Status: Registered (Home network)\nSignal Quality (0,31): 20\nState: READY\n");
	return CLI_SUCCESS;
}

static char *send_sms(struct ast_cli_entry *entry, int cmd, struct ast_cli_args *args)
{
	const char *id;
	int bad, steps;

	switch (cmd) {
	case CLI_INIT:
		entry->command = "gsm send sync sms";
		entry->usage = "Usage: gsm send sync sms <span> <destination> <message> <timeout> [id]\n"
			"       Send SMS on a given GSM span\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (args->argc < 8)
		return CLI_SHOWUSAGE;
	if (strlen(args->argv[5]) < 3) {
		ast_cli(args->fd, "Destination number too short.\n");
		return CLI_FAILURE;
	}
	id = args->argv[args->argc - 1];
	bad = !strncmp(args->argv[6], "bad", 3);
	/* In steps, so that it is as long again where the process was stopped meanwhile. */
	for (steps = strncmp(args->argv[6], "late", 4) ? 0 : 80; steps; steps--)
		usleep(100000);
	ast_cli(args->fd, "[SPAN:%s] SEND SMS TO PHONE:%s %s\n", args->argv[4], args->argv[5],
		bad ? "WAS FAILED" : "SUCCESSFULLY");
	manager_event(EVENT_FLAG_SYSTEM, "SMSSendStatus",
		"Channel: %s\r\nDestination: %s\r\nID: %s\r\nIMSI: 262010000000001\r\nStatus: %s\r\n", args->argv[4],
		args->argv[5], id, bad ? "FAILED" : "SUCCESS");
	return CLI_SUCCESS;
}

static struct ast_cli_entry commands[] = {
	AST_CLI_DEFINE(show_spans, "Displays GSM spans"),
	AST_CLI_DEFINE(show_span, "Displays one GSM span"),
	AST_CLI_DEFINE(send_sms, "Sends an SMS and waits for its outcome"),
};

static int arrived_sms(struct ast_channel *channel, const char *data)
{
	char text[4096] = "", escaped[4 * sizeof(text)] = "";
	char *to = escaped, *copy = ast_strdupa(data);
	size_t at;
	FILE *file;
	AST_DECLARE_APP_ARGS(args, AST_APP_ARG(span); AST_APP_ARG(sender); AST_APP_ARG(time); AST_APP_ARG(path));

	AST_STANDARD_APP_ARGS(args, copy);
	if (args.argc != 4 || !(file = fopen(args.path, "r")))
		return -1;
	fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	for (at = 0; text[at]; at++)
		to += sprintf(to, strchr("\\\"`", text[at]) ? "\\\\\\%c" : "%c", text[at]);
	pbx_builtin_setvar_helper(channel, "SMSSPAN", args.span);
	pbx_builtin_setvar_helper(channel, "SMSSRC", args.sender);
	pbx_builtin_setvar_helper(channel, "SMSTXT", escaped);
	pbx_builtin_setvar_helper(channel, "SMSORITXT", text);
	pbx_builtin_setvar_helper(channel, "SMSTIME", args.time);
	pbx_builtin_setvar_helper(channel, "SIMIMSI", "262010000000001");
	return 0;
}

static int system_of_wget(struct ast_channel *channel, const char *data)
{
	return strncmp(data, "wget ", 5) ? 0 : ast_safe_system(data) < 0;
}

static int load_module(void)
{
	ast_cli_register_multiple(commands, ARRAY_LEN(commands));
	ast_register_application("ArrivedSMS", arrived_sms, "Sets the variables of an SMS",
		"ArrivedSMS(span,sender,time,file)");
	ast_register_application("System", system_of_wget, "Runs wget", "System(wget ...)");
	return AST_MODULE_LOAD_SUCCESS;
}

static int unload_module(void)
{
	ast_cli_unregister_multiple(commands, ARRAY_LEN(commands));
	ast_unregister_application("System");
	return ast_unregister_application("ArrivedSMS");
}

AST_MODULE_INFO_STANDARD(ASTERISK_GPL_KEY, "Stand-in for the driver of a GSM gateway");
