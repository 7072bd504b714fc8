/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the table of decoders promises: keys found, names and sids unique,
 * classes right, events switched off by their class. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/decode.h"

static void
test_keys_find_their_decoder(void **state)
{
	(void)state;
	for (unsigned id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++) {
		const struct decoder_ops *ops = dec_ops((enum dec_id)id);

		for (unsigned k = 0; k < ops->n_keys; k++)
			assert_int_equal(dec_find(ops->keys[k].space,
					     ops->keys[k].value), id);
	}
	assert_int_equal(dec_find(DEC_SPACE_ETHERTYPE, 0x0800), DEC_ID_ip4);
	assert_int_equal(dec_find(DEC_SPACE_IPPROTO, 58), DEC_ID_NONE);
	assert_int_equal(dec_find(DEC_SPACE_IP6_NEXT, 58), DEC_ID_icmp6);
	assert_int_equal(dec_find(DEC_SPACE_IPPROTO, 0), DEC_ID_NONE);
	assert_int_equal(dec_find(DEC_SPACE_DLT, 100000), DEC_ID_NONE);
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned a = DEC_ID_NONE + 1; a < DEC_ID_COUNT; a++) {
		const struct decoder_ops *ops = dec_ops((enum dec_id)a);

		assert_non_null(ops->name);
		assert_non_null(ops->help);
		assert_non_null(ops->decode);
		for (unsigned b = a + 1; b < DEC_ID_COUNT; b++)
			assert_string_not_equal(ops->name,
			    dec_ops((enum dec_id)b)->name);
	}
}

static enum dec_event_class
class_wanted(uint32_t sid)
{
	switch (sid) {
	case 4:
	case 5:
		return DEC_EV_IPOPT;
	case 6:
	case 47:
	case 97:
	case 275:
		return DEC_EV_OVERSIZED;
	case 54:
	case 55:
	case 59:
		return DEC_EV_TCPOPT;
	case 56:
		return DEC_EV_TCPOPT_TTCP;
	case 57:
		return DEC_EV_TCPOPT_OBS;
	case 58:
		return DEC_EV_TCPOPT_EXP;
	default:
		return DEC_EV_DECODE;
	}
}

/* One sid may be raised by several modules, and is the same everywhere. */
static void
test_events(void **state)
{
	static const struct dec_event_def *by_sid[512];
	static const char prefix[] = "(snort_decoder) WARNING: ";

	(void)state;
	for (unsigned id = DEC_ID_NONE; id < DEC_ID_COUNT; id++) {
		const struct dec_event_def *e;
		unsigned n;

		if (id == DEC_ID_NONE) {
			e = dec_loop_events(&n);
		} else {
			e = dec_ops((enum dec_id)id)->events;
			n = dec_ops((enum dec_id)id)->n_events;
		}
		for (; n; n--, e++) {
			assert_in_range(e->sid, 1, 511);
			assert_int_equal(e->class, class_wanted(e->sid));
			assert_memory_equal(e->message, prefix,
			    sizeof(prefix) - 1);
			if (by_sid[e->sid]) {
				assert_string_equal(by_sid[e->sid]->name,
				    e->name);
				assert_string_equal(by_sid[e->sid]->message,
				    e->message);
			}
			by_sid[e->sid] = e;
		}
	}
	for (unsigned a = 0; a < ARRAY_LEN(by_sid); a++)
		for (unsigned b = a + 1; b < ARRAY_LEN(by_sid); b++)
			if (by_sid[a] && by_sid[b])
				assert_string_not_equal(by_sid[a]->name,
				    by_sid[b]->name);
}

static unsigned
raised(const struct dec_conf *conf, uint32_t sid)
{
	static struct packet pkt;
	uint64_t ctrs[16] = { 0 };
	struct dec_ctx ctx = { .conf = conf, .loop_ctrs = ctrs };

	pkt.dec = (struct pkt_dec){ 0 };
	dec_event(&ctx, &pkt, sid);
	return pkt.dec.n_events;
}

static void
test_classes_switch(void **state)
{
	static const struct {
		uint32_t sid;
		size_t off; /* of the switch in struct dec_conf */
		bool on_when;
	} cases[] = {
		{ 54, offsetof(struct dec_conf, no_tcpopt), false },
		{ 59, offsetof(struct dec_conf, no_tcpopt), false },
		{ 56, offsetof(struct dec_conf, no_tcpopt_ttcp), false },
		{ 57, offsetof(struct dec_conf, no_tcpopt_obs), false },
		{ 58, offsetof(struct dec_conf, no_tcpopt_exp), false },
		{ 4, offsetof(struct dec_conf, no_ipopt), false },
		{ 150, offsetof(struct dec_conf, no_decode), false },
		{ 54, offsetof(struct dec_conf, no_decode), false },
		{ 6, offsetof(struct dec_conf, oversized_alerts), true },
		{ 97, offsetof(struct dec_conf, oversized_alerts), true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct dec_conf conf = dec_conf_default();
		bool yes = true;

		assert_int_equal(raised(&conf, cases[i].sid),
		    cases[i].on_when ? 0 : 1);
		memcpy((char *)&conf + cases[i].off, &yes, sizeof(yes));
		assert_int_equal(raised(&conf, cases[i].sid),
		    cases[i].on_when ? 1 : 0);
	}
}

static void
test_link_types(void **state)
{
	(void)state;
	assert_string_equal(decode_dlt_name(1), "ethernet");
	assert_string_equal(decode_dlt_name(113), "sll");
	assert_null(decode_dlt_name(9999));
	assert_null(decode_dlt_name(-1));
}

static void
test_checksum(void **state)
{
	/* RFC 1071 3 */
	static const uint8_t b[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6,
		0xf7 };
	static uint8_t many[65536 + 40];

	(void)state;
	assert_int_equal(dec_csum_fold(dec_csum_add(0, b, 8)), 0xddf2);
	assert_int_equal(dec_csum_fold(dec_csum_add(0, b, 7)), 0xdcfb);
	assert_int_equal(dec_csum_fold(dec_csum_add(0, b, 0)), 0);
	memset(many, 0xff, sizeof(many));
	assert_int_equal(dec_csum_fold(dec_csum_add(0, many, sizeof(many))),
	    0xffff);
	/* at any length, the same as word by word */
	for (unsigned i = 0; i < 67; i++)
		many[i] = (uint8_t)(i * 37 + 11);
	for (unsigned n = 0; n < 67; n++) {
		uint32_t sum = 0;

		for (unsigned i = 0; i < n; i++)
			sum += i % 2 ? many[i] : (uint32_t)many[i] << 8;
		assert_int_equal(dec_csum_fold(dec_csum_add(0, many, n)),
		    dec_csum_fold(sum));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_find_their_decoder),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_classes_switch),
		cmocka_unit_test(test_link_types),
		cmocka_unit_test(test_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
