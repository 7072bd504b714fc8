/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS messages for outputs, in the words of the second version of EVE's DNS
 * log: a record for each question of a query, and one for each answer with its
 * records one by one and grouped by type.
 */
#include <stdio.h>
#include <string.h>

#include "core/ipaddr.h"
#include "core/limits.h"
#include "decoders/app/dns_msg.h"

enum {
	NAME_MAX = 255, /* RFC 1035, section 2.3.4 */
	WORD_MAX = 8,   /* a number of 16 bits, ended */
	FINGERPRINT_MAX = 64, /* SHA-512; RFC 4255 has SHA-1's 20 */
};

struct msg {
	struct app_call *c;
	struct slice bytes;
	struct dns_header h;
};

/* A name with dots. */
struct name {
	char text[NAME_MAX];
	size_t len;
};

static const char *const types[] = { [DNS_A] = "A", [DNS_NS] = "NS",
	[DNS_MD] = "MD", [DNS_MF] = "MF", [DNS_CNAME] = "CNAME",
	[DNS_SOA] = "SOA", [DNS_MB] = "MB", [DNS_MG] = "MG", [DNS_MR] = "MR",
	[DNS_NULL] = "NULL", [11] = "WKS", [DNS_PTR] = "PTR", [13] = "HINFO",
	[DNS_MINFO] = "MINFO", [DNS_MX] = "MX", [DNS_TXT] = "TXT",
	[17] = "RP", [18] = "AFSDB", [19] = "X25", [20] = "ISDN", [21] = "RT",
	[22] = "NSAP", [23] = "NSAPPTR", [24] = "SIG", [25] = "KEY",
	[26] = "PX", [27] = "GPOS", [DNS_AAAA] = "AAAA", [29] = "LOC",
	[30] = "NXT", [DNS_SRV] = "SRV", [34] = "ATMA", [35] = "NAPTR",
	[36] = "KX", [37] = "CERT", [38] = "A6", [DNS_DNAME] = "DNAME",
	[41] = "OPT", [42] = "APL", [43] = "DS", [DNS_SSHFP] = "SSHFP",
	[45] = "IPSECKEY", [46] = "RRSIG", [47] = "NSEC", [48] = "DNSKEY",
	[49] = "DHCID", [50] = "NSEC3", [51] = "NSEC3PARAM", [52] = "TLSA",
	[55] = "HIP", [59] = "CDS", [60] = "CDNSKEY", [61] = "OPENPGPKEY",
	[64] = "SVCB", [65] = "HTTPS", [99] = "SPF", [249] = "TKEY",
	[250] = "TSIG", [251] = "IXFR", [252] = "AXFR", [253] = "MAILB",
	[254] = "MAILA", [255] = "ANY", [256] = "URI", [257] = "CAA" };

static const char *const rcodes[] = { "NOERROR", "FORMERR", "SERVFAIL",
	"NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",
	"NOTAUTH", "NOTZONE" };

/* -- words --------------------------------------------------------------------- */

static void
tell_word(struct app_call *c, const char *name, const char *const *words,
    size_t n, unsigned v)
{
	char number[WORD_MAX];

	if (v < n && words[v]) {
		app_log_text(c, name, slice_make((const uint8_t *)words[v],
		    strlen(words[v])));
		return;
	}
	snprintf(number, sizeof(number), "%u", v);
	app_log_text(c, name, slice_make((const uint8_t *)number,
	    strlen(number)));
}

static void
tell_type(struct app_call *c, unsigned type)
{
	tell_word(c, "rrtype", types, ARRAY_LEN(types), type);
}

/* -- names --------------------------------------------------------------------- */

/*
 * The name that begins at the cursor, with what it points to (RFC 1035,
 * section 4.1.4): at most LIM_DNS_POINTERS of these, and 255 bytes in all.
 * false: it leads nowhere or too far; out holds what was read till then.
 */
static bool
expand(const struct msg *m, struct cursor at, struct name *out)
{
	unsigned pointers = 0;
	const uint8_t *label;
	uint8_t len, low;

	out->len = 0;
	for (;;) {
		if (!cur_u8(&at, &len))
			return false;
		if (!len)
			return true;
		if ((len & 0xc0) == 0xc0) {
			if (!cur_u8(&at, &low) ||
			    ++pointers > LIM_DNS_POINTERS)
				return false;
			at = cur_make(m->bytes.ptr, m->bytes.len);
			if (!cur_skip(&at, (size_t)(len & 0x3f) << 8 | low))
				return false;
			continue;
		}
		if (len & 0xc0 || !(label = cur_take(&at, len)) ||
		    out->len + (out->len > 0) + len > sizeof(out->text))
			return false;
		if (out->len)
			out->text[out->len++] = '.';
		memcpy(out->text + out->len, label, len);
		out->len += len;
	}
}

static void
tell_name(const struct msg *m, const char *name, struct cursor at)
{
	struct name n;

	m->c->ctrs[DNS_CTR_BAD_NAME] += !expand(m, at, &n);
	app_log_text(m->c, name, slice_make((const uint8_t *)n.text, n.len));
}

/* -- records ------------------------------------------------------------------- */

static void
tell_address(struct app_call *c, const char *name, const struct dns_rr *rr)
{
	struct ipaddr a = { .family = rr->type == DNS_A ? 4 : 6 };
	size_t n = rr->type == DNS_A ? 4 : 16;
	struct cursor at = rr->rdata;
	const uint8_t *p = cur_take(&at, n);
	char text[IPADDR_TEXT_MAX];

	if (!p || cur_left(&at)) {
		c->ctrs[DNS_CTR_BAD]++;
		app_log_text(c, name, slice_make(NULL, 0));
		return;
	}
	memcpy(a.b, p, n);
	ipaddr_print(&a, text);
	app_log_text(c, name, slice_make((const uint8_t *)text, strlen(text)));
}

/* RFC 1035, section 3.3.13. */
static void
tell_soa(const struct msg *m, const char *name, const struct dns_rr *rr)
{
	static const char *const numbers[] = { "serial", "refresh", "retry",
		"expire", "minimum" };
	struct cursor at = rr->rdata;
	uint32_t v;

	app_log_open(m->c, name, FIELD_OBJECT);
	tell_name(m, "mname", at);
	if (dns_skip_name(&at)) {
		tell_name(m, "rname", at);
		if (!dns_skip_name(&at))
			cur_trim(&at, 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(numbers) && cur_be32(&at, &v); i++)
		app_log_number(m->c, numbers[i], v);
	app_log_close(m->c);
}

static void
tell_srv(const struct msg *m, const char *name, const struct dns_rr *rr)
{
	static const char *const numbers[] = { "priority", "weight", "port" };
	struct cursor at = rr->rdata;
	uint16_t v;
	size_t i;

	app_log_open(m->c, name, FIELD_OBJECT);
	for (i = 0; i < ARRAY_LEN(numbers) && cur_be16(&at, &v); i++)
		app_log_number(m->c, numbers[i], v);
	if (i == ARRAY_LEN(numbers))
		tell_name(m, "name", at);
	app_log_close(m->c);
}

/* The fingerprint as hex digits in pairs. */
static void
tell_sshfp(const struct msg *m, const char *name, const struct dns_rr *rr)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t text[FINGERPRINT_MAX * 3], algo, type, byte;
	struct cursor at = rr->rdata;
	size_t n = 0;

	app_log_open(m->c, name, FIELD_OBJECT);
	if (cur_u8(&at, &algo) && cur_u8(&at, &type)) {
		while (n < sizeof(text) && cur_u8(&at, &byte)) {
			text[n++] = (uint8_t)hex[byte >> 4];
			text[n++] = (uint8_t)hex[byte & 15];
			text[n++] = ':';
		}
		app_log_text(m->c, "fingerprint", slice_make(text,
		    n ? n - 1 : 0));
		app_log_number(m->c, "algo", algo);
		app_log_number(m->c, "type", type);
	}
	app_log_close(m->c);
}

/* Behind the record's own members; of TXT one string. name: NULL in an array.
 * Nothing for a type that is not looked into. */
static void
tell_data(const struct msg *m, const char *name, const struct dns_rr *rr)
{
	struct cursor at = rr->rdata;

	switch (rr->type) {
	case DNS_A:
	case DNS_AAAA:
		tell_address(m->c, name ? "rdata" : NULL, rr);
		break;
	case DNS_MX:
		if (!cur_skip(&at, 2)) /* its preference */
			cur_trim(&at, 0);
		/* fallthrough */
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
	case DNS_DNAME:
		tell_name(m, name ? "rdata" : NULL, at);
		break;
	case DNS_TXT:
	case DNS_NULL:
		app_log_text(m->c, name ? "rdata" : NULL, slice_make(at.p,
		    cur_left(&at)));
		break;
	case DNS_SOA:
		tell_soa(m, name ? "soa" : NULL, rr);
		break;
	case DNS_SRV:
		tell_srv(m, name ? "srv" : NULL, rr);
		break;
	case DNS_SSHFP:
		tell_sshfp(m, name ? "sshfp" : NULL, rr);
		break;
	default:
		break;
	}
}

static bool
read_record(struct cursor *c, struct dns_rr *rr)
{
	uint16_t class, len;

	rr->name = *c;
	return dns_skip_name(c) && cur_be16(c, &rr->type) &&
	    cur_be16(c, &class) && cur_be32(c, &rr->ttl) &&
	    cur_be16(c, &len) && cur_sub(c, len, &rr->rdata);
}

/*
 * The n records of a section into the worker's room, each string of TXT as one
 * of its own; beyond the room they are counted. false: the message ends
 * before. *kept of them.
 */
static bool
read_section(const struct msg *m, struct cursor *c, unsigned n, unsigned *kept)
{
	struct dns_worker *w = m->c->worker;
	struct dns_rr rr;

	*kept = 0;
	for (unsigned i = 0; i < n; i++) {
		struct cursor texts;
		uint8_t len = 0;

		if (!read_record(c, &rr))
			return false;
		texts = rr.rdata;
		do {
			if (rr.type == DNS_TXT && cur_u8(&texts, &len)) {
				rr.rdata = texts;
				cur_trim(&rr.rdata, len);
				if (!cur_skip(&texts, len))
					cur_trim(&texts, 0);
			}
			if (*kept == LIM_DNS_RECORDS)
				m->c->ctrs[DNS_CTR_NOT_TOLD]++;
			else
				w->rr[(*kept)++] = rr;
		} while (rr.type == DNS_TXT && cur_left(&texts));
	}
	return true;
}

static void
tell_section(const struct msg *m, const char *name, unsigned n)
{
	const struct dns_worker *w = m->c->worker;

	if (!n)
		return;
	app_log_open(m->c, name, FIELD_ARRAY);
	for (unsigned i = 0; i < n; i++) {
		app_log_open(m->c, NULL, FIELD_OBJECT);
		tell_name(m, "rrname", w->rr[i].name);
		tell_type(m->c, w->rr[i].type);
		app_log_number(m->c, "ttl", w->rr[i].ttl);
		tell_data(m, "", &w->rr[i]);
		app_log_close(m->c);
	}
	app_log_close(m->c);
}

/* The data alone, by type. */
static void
tell_grouped(const struct msg *m, unsigned n)
{
	static const uint16_t grouped[] = { DNS_A, DNS_AAAA, DNS_CNAME,
		DNS_MX, DNS_NS, DNS_NULL, DNS_PTR, DNS_SOA, DNS_SRV,
		DNS_SSHFP, DNS_TXT };
	const struct dns_worker *w = m->c->worker;

	if (!n)
		return;
	app_log_open(m->c, "grouped", FIELD_OBJECT);
	for (size_t t = 0; t < ARRAY_LEN(grouped); t++) {
		bool any = false;

		for (unsigned i = 0; i < n; i++) {
			if (w->rr[i].type != grouped[t])
				continue;
			if (!any)
				app_log_open(m->c, types[grouped[t]],
				    FIELD_ARRAY);
			any = true;
			tell_data(m, NULL, &w->rr[i]);
		}
		if (any)
			app_log_close(m->c);
	}
	app_log_close(m->c);
}

/* -- messages ------------------------------------------------------------------- */

static bool
read_question(struct cursor *c, struct cursor *name, uint16_t *type)
{
	uint16_t class;

	*name = *c;
	return dns_skip_name(c) && cur_be16(c, type) && cur_be16(c, &class);
}

static void
tell_query(const struct msg *m, struct cursor name, uint16_t type, uint32_t tx)
{
	struct app_call *c = m->c;

	if (!app_log_begin(c, "dns"))
		return;
	app_log_text(c, "type", slice_make((const uint8_t *)"query", 5));
	app_log_number(c, "id", m->h.id);
	tell_name(m, "rrname", name);
	tell_type(c, type);
	app_log_number(c, "tx_id", tx);
	app_log_number(c, "opcode", dns_opcode(&m->h));
	app_log_end(c);
}

static void
tell_flags(const struct msg *m)
{
	static const struct {
		const char *name;
		uint16_t bit;
	} names[] = { { "qr", DNS_QR }, { "aa", DNS_AA }, { "tc", DNS_TC },
		{ "rd", DNS_RD }, { "ra", DNS_RA }, { "z", DNS_Z } };
	uint8_t flags[2] = { (uint8_t)(m->h.flags >> 8), (uint8_t)m->h.flags };

	app_log_hex(m->c, "flags", slice_make(flags, sizeof(flags)));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (m->h.flags & names[i].bit)
			app_log_bool(m->c, names[i].name, true);
}

/* The questions repeated in an answer: the first one is told. */
static bool
tell_asked(const struct msg *m, struct cursor *c)
{
	struct cursor name;
	uint16_t type;

	for (unsigned i = 0; i < m->h.qd; i++) {
		if (!read_question(c, &name, &type))
			return false;
		if (i)
			continue;
		tell_name(m, "rrname", name);
		tell_type(m->c, type);
	}
	return true;
}

static void
tell_answer(const struct msg *m, struct cursor rest)
{
	struct app_call *c = m->c;
	unsigned n = 0;
	bool whole;

	if (!app_log_begin(c, "dns"))
		return;
	app_log_number(c, "version", 2);
	app_log_text(c, "type", slice_make((const uint8_t *)"answer", 6));
	app_log_number(c, "id", m->h.id);
	tell_flags(m);
	app_log_number(c, "opcode", dns_opcode(&m->h));
	whole = tell_asked(m, &rest);
	tell_word(c, "rcode", rcodes, ARRAY_LEN(rcodes),
	    m->h.flags & DNS_RCODE);
	if (whole) {
		whole = read_section(m, &rest, m->h.an, &n);
		tell_section(m, "answers", n);
		tell_grouped(m, n);
	}
	if (whole) {
		whole = read_section(m, &rest, m->h.ns, &n);
		tell_section(m, "authorities", n);
	}
	c->ctrs[DNS_CTR_BAD] += !whole;
	app_log_end(c);
}

void
dns_log(struct app_call *c, struct slice message, uint32_t tx)
{
	struct msg m = { .c = c, .bytes = message };
	struct cursor rest = cur_make(message.ptr, message.len), name;
	uint16_t type;

	if (!dns_read_header(&rest, &m.h))
		return;
	if (m.h.flags & DNS_QR) {
		tell_answer(&m, rest);
		return;
	}
	for (unsigned i = 0; i < m.h.qd; i++) {
		if (!read_question(&rest, &name, &type)) {
			c->ctrs[DNS_CTR_BAD]++;
			return;
		}
		tell_query(&m, name, type, tx);
	}
}
