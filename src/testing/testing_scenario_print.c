/* SPDX-License-Identifier: MIT */
/* Scenarios as text. */
#include "testing/testing_scenario.h"

#include <string.h>

#include "base/text.h"

static void put_time(struct si_text *text, uint64_t ns)
{
	const struct si_scenario_unit *unit = &si_scenario_units[0];

	for (size_t i = 1; ns != 0 && i < SI_SCENARIO_UNITS; i++) {
		if (ns % si_scenario_units[i].ns == 0) {
			unit = &si_scenario_units[i];
		}
	}
	si_text_put_number(text, ns / unit->ns);
	si_text_put(text, " ");
	si_text_put(text, unit->name);
}

static void put_session(struct si_text *text, const sessio_step *step)
{
	si_text_put(text, "session ");
	si_text_put_number(text, step->session_id);
	si_text_put(text, " ");
}

static void put_event(struct si_text *text, const sessio_step *step)
{
	put_session(text, step);
	if ((step->flags & SESSIO_STEP_OBSERVED) != 0) {
		si_text_put(text, "observed ");
	}
	si_text_put(text, sessio_user_event_name(step->event));
	if ((step->flags & SESSIO_STEP_REMOTE) != 0) {
		si_text_put(text, " remote");
	}
	if ((step->flags & SESSIO_STEP_REFUSED) != 0) {
		si_text_put(text, " refused");
	}
}

static void put_action(struct si_text *text, const sessio_step *step)
{
	if ((step->flags & SESSIO_STEP_FOR_SESSION) != 0) {
		put_session(text, step);
	}
	si_text_put(text, "do ");
	si_text_put(text, step->action);
	if (step->number != 0) {
		si_text_put(text, " ");
		si_text_put_number(text, step->number);
	}
}

static void put_fault(struct si_text *text, const sessio_step *step)
{
	si_text_put(text, "fault ");
	si_text_put(text, si_scenario_fault_word(step->fault));
	if (step->fault == SESSIO_FAULT_EACH_PATH) {
		return;
	}
	si_text_put(text, " ");
	if (step->fault == SESSIO_FAULT_SLOW) {
		put_time(text, step->number);
	} else {
		si_text_put_number(text, step->number);
	}
}

static void put_open(struct si_text *text, const sessio_step *step)
{
	if ((step->flags & SESSIO_STEP_FOR_SESSION) != 0) {
		put_session(text, step);
	}
	si_text_put(text, "open ");
	si_text_put(text, step->call->name);
	si_text_put(text, " \"");
	si_text_put(text, step->call->device);
	si_text_put(text, "\"");
}

static void put_data(struct si_text *text, const sessio_step_call *call)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *data = call->data;
	bool readable = si_scenario_is_text(data, call->length);

	si_text_put(text, readable ? "\"" : "");
	for (uint32_t i = 0; i < call->length; i++) {
		const char pair[3] = { digits[data[i] / 16], digits[data[i] % 16], '\0' };
		const char letter[2] = { (char)data[i], '\0' };

		si_text_put(text, readable ? letter : pair);
	}
	si_text_put(text, readable ? "\"" : "");
}

static void put_control(struct si_text *text, const sessio_step_call *call)
{
	si_text_put(text, " ");
	si_text_put_hex(text, call->code);
	if (call->length != 0) {
		si_text_put(text, " in ");
		put_data(text, call);
	}
	if (call->room != 0) {
		si_text_put(text, " out ");
		si_text_put_number(text, call->room);
	}
}

static void put_call(struct si_text *text, const sessio_step *step)
{
	const sessio_step_call *call = step->call;
	bool of_driver = call->call == SESSIO_CALL_LOAD || call->call == SESSIO_CALL_UNLOAD;

	if (call->call == SESSIO_CALL_OPEN) {
		put_open(text, step);
	} else {
		si_text_put(text, of_driver ? "driver " : "file ");
		si_text_put(text, call->name);
		si_text_put(text, " ");
		si_text_put(text, si_scenario_call_word(call->call));
	}
	if (call->call == SESSIO_CALL_READ) {
		si_text_put(text, " ");
		si_text_put_number(text, call->room);
	} else if (call->call == SESSIO_CALL_WRITE) {
		si_text_put(text, " ");
		put_data(text, call);
	} else if (call->call == SESSIO_CALL_CONTROL) {
		put_control(text, call);
	} else if ((call->call == SESSIO_CALL_CANCEL || call->call == SESSIO_CALL_AWAIT) &&
		step->number != 0) {
		si_text_put(text, " ");
		si_text_put_number(text, step->number);
	}
	si_text_put(text, (step->flags & SESSIO_STEP_WAITS) != 0 ? " waits" : "");
	si_text_put(text, (step->flags & SESSIO_STEP_REFUSED) != 0 ? " refused" : "");
}

size_t sessio_step_text(const sessio_step *step, char *text, size_t size)
{
	struct si_text out = si_text_start(text, size);

	if (step == NULL || !si_scenario_is_step(step)) {
		return 0;
	}
	switch (step->kind) {
	case SESSIO_STEP_EVENT:
		put_event(&out, step);
		break;
	case SESSIO_STEP_EXISTS:
		put_session(&out, step);
		si_text_put(&out, "is ");
		si_text_put(&out, sessio_user_state_name(step->state));
		si_text_put(&out, (step->flags & SESSIO_STEP_REMOTE) != 0 ? " remote" : "");
		break;
	case SESSIO_STEP_REMARK:
		put_session(&out, step);
		si_text_put(&out, "remark ");
		si_text_put(&out, sessio_user_remark_name(step->remark));
		break;
	case SESSIO_STEP_ACTION:
		put_action(&out, step);
		break;
	case SESSIO_STEP_WAIT:
		si_text_put(&out, "wait ");
		put_time(&out, step->number);
		break;
	case SESSIO_STEP_FAULT:
		put_fault(&out, step);
		break;
	case SESSIO_STEP_CALL:
		put_call(&out, step);
		break;
	}
	return out.length;
}

struct printer {
	sessio_write_fn *write;
	void *ctx;
	bool good;
};

static void print_line(struct printer *printer, const char *word, const char *text)
{
	char line[SESSIO_SCENARIO_MAX_LINE + 2];
	struct si_text out = si_text_start(line, sizeof(line));

	si_text_put(&out, word);
	si_text_put(&out, text);
	si_text_put(&out, "\n");
	printer->good = printer->good && printer->write(line, out.length, printer->ctx);
}

static void print_head(struct printer *printer, const sessio_scenario *scenario)
{
	const char *program = sessio_scenario_program(scenario);
	const char *bounds = sessio_scenario_bounds(scenario);

	print_line(printer, SI_SCENARIO_HEAD " ", "1");
	if (*program != '\0') {
		print_line(printer, "program ", program);
	}
	if (*bounds != '\0') {
		print_line(printer, "bounds ", bounds);
	}
	print_line(printer, "rules ",
		sessio_scenario_rules(scenario) == SESSIO_RULES_OBSERVED ? "observed"
									 : "documented");
	if (sessio_scenario_count(scenario) != 0) {
		print_line(printer, "", "");
	}
}

sessio_status sessio_scenario_print(
	const sessio_scenario *scenario, sessio_write_fn *write, void *ctx)
{
	struct printer printer = { write, ctx, true };
	const sessio_step *step;

	if (scenario == NULL || write == NULL) {
		return SESSIO_INVALID_ARG;
	}
	print_head(&printer, scenario);
	for (size_t i = 0; (step = sessio_scenario_step(scenario, i)) != NULL; i++) {
		char text[SESSIO_SCENARIO_MAX_LINE];

		(void)sessio_step_text(step, text, sizeof(text));
		print_line(&printer, text, "");
	}
	return printer.good ? SESSIO_OK : SESSIO_REFUSED;
}
