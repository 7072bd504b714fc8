/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modbus_func and modbus_unit. */
#include "decoders/app/modbus.h"
#include "detect/options/list.h"

static const struct arg_word funcs[] = {
	{ "read_coils", 1 }, { "read_discrete_inputs", 2 },
	{ "read_holding_registers", 3 }, { "read_input_registers", 4 },
	{ "write_single_coil", 5 }, { "write_single_register", 6 },
	{ "read_exception_status", 7 }, { "diagnostics", 8 },
	{ "get_comm_event_counter", 11 }, { "get_comm_event_log", 12 },
	{ "write_multiple_coils", 15 }, { "write_multiple_registers", 16 },
	{ "report_slave_id", 17 }, { "read_file_record", 20 },
	{ "write_file_record", 21 }, { "mask_write_register", 22 },
	{ "read_write_multiple_registers", 23 }, { "read_fifo_queue", 24 },
	{ "encapsulated_interface_transport", 43 },
};
static const struct modbus_facts *
facts_of(const struct eval *e)
{
	return e->unit->app == APP_MODBUS ? e->unit->facts : NULL;
}

static bool
match_func(struct eval *e, const void *data)
{
	const struct modbus_facts *f = facts_of(e);

	return f && list_has(data, f->func);
}

static bool
match_unit(struct eval *e, const void *data)
{
	const struct modbus_facts *f = facts_of(e);

	return f && list_has(data, f->unit);
}

LIST_OPTION(modbus_func, "function of a Modbus message", "N | name", 0,
    match_func, .needs = RULE_NEEDS_MODBUS, .what = "function",
    .numbers = true, .max = 255, WORDS(funcs), .max_items = 1)
LIST_OPTION(modbus_unit, "unit of a Modbus message", "N", 0, match_unit,
    .needs = RULE_NEEDS_MODBUS, .what = "unit", .numbers = true, .max = 255,
    .max_items = 1)
