/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnp3_func, dnp3_ind and dnp3_obj. */
#include "decoders/app/dnp3.h"
#include "detect/options/list.h"

static const struct arg_word funcs[] = {
	{ "confirm", 0 }, { "read", 1 }, { "write", 2 }, { "select", 3 },
	{ "operate", 4 }, { "direct_operate", 5 },
	{ "direct_operate_nr", 6 }, { "immed_freeze", 7 },
	{ "immed_freeze_nr", 8 }, { "freeze_clear", 9 },
	{ "freeze_clear_nr", 10 }, { "freeze_at_time", 11 },
	{ "freeze_at_time_nr", 12 }, { "cold_restart", 13 },
	{ "warm_restart", 14 }, { "initialize_data", 15 },
	{ "initialize_appl", 16 }, { "start_appl", 17 },
	{ "stop_appl", 18 }, { "save_config", 19 },
	{ "enable_unsolicited", 20 }, { "disable_unsolicited", 21 },
	{ "assign_class", 22 }, { "delay_measure", 23 },
	{ "record_current_time", 24 }, { "open_file", 25 },
	{ "close_file", 26 }, { "delete_file", 27 },
	{ "get_file_info", 28 }, { "authenticate_file", 29 },
	{ "abort_file", 30 }, { "activate_config", 31 },
	{ "authenticate_req", 32 }, { "authenticate_err", 33 },
	{ "response", 129 }, { "unsolicited_response", 130 },
	{ "authenticate_resp", 131 },
};
/* Bits of the indications, the first octet above (IEEE 1815 4.5). */
static const struct arg_word indications[] = {
	{ "all_stations", 1 << 8 }, { "class_1_events", 1 << 9 },
	{ "class_2_events", 1 << 10 }, { "class_3_events", 1 << 11 },
	{ "need_time", 1 << 12 }, { "local_control", 1 << 13 },
	{ "device_trouble", 1 << 14 }, { "device_restart", 1 << 15 },
	{ "no_func_code_support", 1 << 0 }, { "object_unknown", 1 << 1 },
	{ "parameter_error", 1 << 2 }, { "event_buffer_overflow", 1 << 3 },
	{ "already_executing", 1 << 4 }, { "config_corrupt", 1 << 5 },
	{ "reserved_2", 1 << 6 }, { "reserved_1", 1 << 7 },
};

static const struct dnp3_facts *
facts_of(const struct eval *e)
{
	return e->unit->app == APP_DNP3 ? e->unit->facts : NULL;
}

static bool
match_func(struct eval *e, const void *data)
{
	const struct dnp3_facts *f = facts_of(e);

	return f && list_has(data, f->func);
}

/* Any of them. */
static bool
match_ind(struct eval *e, const void *data)
{
	const struct dnp3_facts *f = facts_of(e);
	const struct list *l = data;

	if (!f || !f->response)
		return false;
	for (unsigned i = 0; i < l->n; i++)
		if (f->indications & l->items[i].lo)
			return true;
	return false;
}

static bool
match_obj(struct eval *e, const void *data)
{
	const struct dnp3_facts *f = facts_of(e);
	const struct list *l = data;

	for (unsigned i = 0; f && i < f->n_objects; i++)
		if (f->objects[i].group == l->items[0].lo &&
		    f->objects[i].variation == l->items[1].lo)
			return true;
	return false;
}

LIST_OPTION(dnp3_func, "function of a DNP3 message", "N | name", 0,
    match_func, .needs = RULE_NEEDS_DNP3, .what = "function",
    .numbers = true, .max = 255, WORDS(funcs), .max_items = 1)
LIST_OPTION(dnp3_ind, "internal indications of a DNP3 response, any of",
    "flag, ...", 0, match_ind, .needs = RULE_NEEDS_DNP3,
    .what = "indication", WORDS(indications))
LIST_OPTION(dnp3_obj, "object in a DNP3 message", "group, variation", 0,
    match_obj, .needs = RULE_NEEDS_DNP3, .what = "number", .numbers = true,
    .max = 255, .min_items = 2, .max_items = 2)
