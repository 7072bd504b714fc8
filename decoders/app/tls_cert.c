/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates (RFC 5280 4.1) of servers: whose, whose signature, from when to
 * when, and the SHA-1 of the whole, as text. The walk is straight: no value is
 * entered that is not named here.
 *
 *	Certificate  SEQUENCE { tbs SEQUENCE { [0] version, serial INTEGER,
 *	    signature SEQUENCE, issuer Name, validity SEQUENCE { from, to },
 *	    subject Name, ... } ... }
 *	Name         SEQUENCE of SET of SEQUENCE { type OID, value }
 */
#include "decoders/app/der.h"
#include "decoders/app/tls_int.h"

enum { LIST_LEN = 3 };

/* X.520 and RFC 4519: how attributes of names are called. */
static const struct {
	const char *name;
	uint8_t len, oid[10];
} attributes[] = {
	{ "CN", 3, { 0x55, 4, 3 } }, { "SN", 3, { 0x55, 4, 4 } },
	{ "serialNumber", 3, { 0x55, 4, 5 } }, { "C", 3, { 0x55, 4, 6 } },
	{ "L", 3, { 0x55, 4, 7 } }, { "ST", 3, { 0x55, 4, 8 } },
	{ "street", 3, { 0x55, 4, 9 } }, { "O", 3, { 0x55, 4, 10 } },
	{ "OU", 3, { 0x55, 4, 11 } }, { "title", 3, { 0x55, 4, 12 } },
	{ "description", 3, { 0x55, 4, 13 } },
	{ "businessCategory", 3, { 0x55, 4, 15 } },
	{ "postalCode", 3, { 0x55, 4, 17 } }, { "name", 3, { 0x55, 4, 41 } },
	{ "GN", 3, { 0x55, 4, 42 } }, { "initials", 3, { 0x55, 4, 43 } },
	{ "emailAddress", 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1 } },
	{ "unstructuredName", 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9,
	    2 } },
	{ "DC", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25 } },
	{ "UID", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1 } },
};

/* -- text ----------------------------------------------------------------- */

/* X.690 8.19: numbers in groups of seven bits; the first is two. */
static void
put_oid(struct tls_text *t, struct slice oid)
{
	uint32_t v = 0;
	bool first = true;

	for (size_t i = 0; i < oid.len; i++) {
		v = v << 7 | (oid.ptr[i] & 0x7f);
		if (oid.ptr[i] & 0x80)
			continue;
		if (first) {
			uint32_t root = v < 80 ? v / 40 : 2;

			tls_put_number(t, root);
			v -= root * 40;
			first = false;
		}
		tls_put_s(t, ".");
		tls_put_number(t, v);
		v = 0;
	}
}

static void
put_type(struct tls_text *t, struct slice oid)
{
	for (unsigned i = 0; i < ARRAY_LEN(attributes); i++)
		if (attributes[i].len == oid.len &&
		    memcmp(attributes[i].oid, oid.ptr, oid.len) == 0) {
			tls_put_s(t, attributes[i].name);
			return;
		}
	put_oid(t, oid);
}

/* RFC 3629. */
static void
put_utf8(struct tls_text *t, uint32_t v)
{
	uint8_t b[4];
	size_t n = v < 0x80 ? 1 : v < 0x800 ? 2 : v < 0x10000 ? 3 : 4;

	if (v > 0x10ffff)
		v = 0xfffd, n = 3;
	for (size_t i = n; i-- > 1; v >>= 6)
		b[i] = (uint8_t)(0x80 | (v & 0x3f));
	b[0] = (uint8_t)(n == 1 ? v : v | (0xf00u >> n & 0xff));
	tls_put(t, slice_make(b, n));
}

static void
put_value(struct tls_text *t, uint8_t tag, struct cursor value)
{
	uint16_t v16;
	uint32_t v32;

	switch (tag) {
	case DER_BMP:
		while (cur_be16(&value, &v16))
			put_utf8(t, v16);
		break;
	case DER_UNIVERSAL:
		while (cur_be32(&value, &v32))
			put_utf8(t, v32);
		break;
	default: /* the strings of bytes */
		tls_put(t, der_bytes(&value));
		break;
	}
}

/* "C=US, O=Example, CN=www.example.com"; several in a set: "A=x + B=y". */
static bool
put_name(struct tls_text *t, struct cursor name)
{
	bool next = false;

	while (cur_left(&name)) {
		struct cursor set, pair, type, value;
		const char *between = next ? ", " : "";
		uint8_t tag;

		if (!der_enter(&name, DER_SET, &set))
			return false;
		while (cur_left(&set)) {
			if (!der_enter(&set, DER_SEQUENCE, &pair) ||
			    !der_enter(&pair, DER_OID, &type) ||
			    !der_next(&pair, &tag, &value))
				return false;
			tls_put_s(t, between);
			put_type(t, der_bytes(&type));
			tls_put_s(t, "=");
			put_value(t, tag, value);
			between = " + ";
			next = true;
		}
	}
	return true;
}

/* RFC 5280 4.1.2.5: "YYMMDDHHMMSSZ" or with four digits of year, as
 * "YYYY-MM-DDTHH:MM:SS". */
static bool
put_time(struct tls_text *t, struct cursor *validity)
{
	static const char between[] = "--T::";
	struct cursor value;
	const uint8_t *two;
	uint8_t tag;

	if (!der_next(validity, &tag, &value) ||
	    (tag != DER_UTC_TIME && tag != DER_TIME))
		return false;
	for (struct cursor c = value; cur_left(&c) > 1;) {
		uint8_t digit;

		if (!cur_u8(&c, &digit) || digit < '0' || digit > '9')
			return false;
	}
	if (tag == DER_TIME) {
		if (!(two = cur_take(&value, 2)))
			return false;
		tls_put(t, slice_make(two, 2));
	} else {
		two = cur_peek(&value, 1);
		tls_put_s(t, two && *two >= '5' ? "19" : "20");
	}
	for (unsigned i = 0; i < sizeof(between); i++) {
		char mark[2] = { between[i], 0 };

		if (!(two = cur_take(&value, 2)))
			return false;
		tls_put(t, slice_make(two, 2));
		tls_put_s(t, mark);
	}
	return true;
}

/* "0A:1B:2C" */
static void
put_octets(struct tls_text *t, struct slice s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		char three[4] = { digits[s.ptr[i] >> 4],
			digits[s.ptr[i] & 15], i + 1 < s.len ? ':' : 0, 0 };

		tls_put_s(t, three);
	}
}

/* -- the certificate ------------------------------------------------------ */

static void
note_name(struct app_call *c, struct tls_notes *n, enum tls_note what,
    struct cursor name, bool *good)
{
	struct tls_text t = tls_text_begin(c);

	*good &= put_name(&t, name);
	c->ctrs[TLS_CTR_NOTE_CUT] += t.cut;
	tls_note(c, n, what, tls_text_slice(&t));
}

static void
note_time(struct app_call *c, struct tls_notes *n, enum tls_note what,
    struct cursor *validity, bool *good)
{
	struct tls_text t = tls_text_begin(c);

	if (put_time(&t, validity))
		tls_note(c, n, what, tls_text_slice(&t));
	else
		*good = false;
}

/* What is read before an error is told. */
static bool
read_certificate(struct app_call *c, struct tls_notes *n, struct cursor der)
{
	struct tls_text t = tls_text_begin(c);
	struct cursor cert, tbs, value;
	bool good = true;

	if (!der_enter_cut(&der, DER_SEQUENCE, &cert) ||
	    !der_enter_cut(&cert, DER_SEQUENCE, &tbs))
		return false;
	if (!der_enter(&tbs, DER_CONTEXT_0, &value)) {
		/* version 1 */
	}
	if (!der_enter(&tbs, DER_INTEGER, &value))
		return false;
	put_octets(&t, der_bytes(&value));
	tls_note(c, n, NOTE_SERIAL, tls_text_slice(&t));
	if (!der_enter(&tbs, DER_SEQUENCE, &value) ||
	    !der_enter(&tbs, DER_SEQUENCE, &value))
		return false;
	note_name(c, n, NOTE_ISSUER, value, &good);
	if (!der_enter(&tbs, DER_SEQUENCE, &value))
		return false;
	note_time(c, n, NOTE_NOT_BEFORE, &value, &good);
	note_time(c, n, NOTE_NOT_AFTER, &value, &good);
	if (!der_enter(&tbs, DER_SEQUENCE, &value))
		return false;
	note_name(c, n, NOTE_SUBJECT, value, &good);
	return good;
}

void
tls_certificate_more(struct app_call *c, struct tls_notes *n,
    struct slice bytes)
{
	size_t take = bytes.len < n->leaf_left ? bytes.len : n->leaf_left;
	uint8_t hash[DIGEST_MAX];

	if (!take)
		return;
	digest_update(&n->sha1, slice_make(bytes.ptr, take));
	n->leaf_left -= (uint32_t)take;
	if (n->leaf_left)
		return;
	digest_final(&n->sha1, hash);
	tls_note(c, n, NOTE_FINGERPRINT, slice_make(hash,
	    digest_len(DIGEST_SHA1)));
}

/* The list's first certificate is the server's own. */
bool
tls_certificate(struct app_call *c, struct tls_notes *n, struct slice msg)
{
	struct cursor cur = cur_make(msg.ptr, msg.len);
	struct cursor leaf;
	uint8_t hi;
	uint16_t lo;
	size_t len;

	if (n->has >> NOTE_FINGERPRINT & 1 || n->leaf_left)
		return true;
	if (!cur_skip(&cur, LIST_LEN) || !cur_u8(&cur, &hi) ||
	    !cur_be16(&cur, &lo))
		return msg.len == LIST_LEN; /* none */
	len = (size_t)hi << 16 | lo;
	leaf = cur;
	cur_trim(&leaf, len);
	digest_init(&n->sha1, DIGEST_SHA1);
	n->leaf_left = (uint32_t)len;
	tls_certificate_more(c, n, der_bytes(&leaf));
	return read_certificate(c, n, leaf);
}
