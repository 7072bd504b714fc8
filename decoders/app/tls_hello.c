/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hellos (RFC 8446 4.1.2, 4.1.3), and what their senders are known by: JA3 and
 * JA3S, texts of numbers in the order of the hello, shown with their MD5, and
 * JA4, sorted lists of them under SHA-256.
 *
 *	version 2, random 32, session id <1>, ...
 *	client: cipher suites <2>, compressions <1>, extensions <2>
 *	server: cipher suite 2, compression 1, extensions <2>
 */
#include "core/digest.h"
#include "decoders/app/tls_int.h"

enum {
	RANDOM_LEN = 32,

	/* extensions */
	EXT_SERVER_NAME = 0,    /* RFC 6066 3 */
	EXT_GROUPS = 10,        /* RFC 8422 5.1.1 */
	EXT_POINT_FORMATS = 11, /* RFC 8422 5.1.2 */
	EXT_SIGNATURES = 13,    /* RFC 8446 4.2.3 */
	EXT_ALPN = 16,          /* RFC 7301 */
	EXT_PSK = 41,           /* RFC 8446 4.2.11 */
	EXT_VERSIONS = 43,      /* RFC 8446 4.2.1 */

	JA4_HASH = 6, /* bytes of each */
};

struct hello {
	uint16_t version;
	struct slice random, session_id;
	struct cursor ciphers, exts; /* of the client; of both */
	uint16_t cipher; /* of the server */
	/* values of extensions, empty when they are missing */
	struct cursor name, groups, formats, signatures, alpn, versions;
	bool has_name, has_alpn, psk;
};

/* RFC 8701: values that mean nothing, so that peers bear unknown ones. */
static bool
is_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

static bool
take_list(struct cursor *c, bool wide, struct cursor *list)
{
	uint8_t n8;
	uint16_t n;

	if (wide)
		return cur_be16(c, &n) && cur_sub(c, n, list);
	return cur_u8(c, &n8) && cur_sub(c, n8, list);
}

static void
read_extension(struct hello *h, uint16_t type, struct cursor value)
{
	switch (type) {
	case EXT_SERVER_NAME:
		h->has_name = true;
		h->name = value;
		break;
	case EXT_GROUPS:
		h->groups = value;
		break;
	case EXT_POINT_FORMATS:
		h->formats = value;
		break;
	case EXT_SIGNATURES:
		h->signatures = value;
		break;
	case EXT_ALPN:
		h->has_alpn = true;
		h->alpn = value;
		break;
	case EXT_VERSIONS:
		h->versions = value;
		break;
	case EXT_PSK:
		h->psk = true;
		break;
	default:
		break;
	}
}

static bool
read_extensions(struct hello *h, struct cursor c)
{
	struct cursor value;
	uint16_t type;

	while (cur_left(&c)) {
		if (!cur_be16(&c, &type) || !take_list(&c, true, &value))
			return false;
		read_extension(h, type, value);
	}
	return true;
}

/* false: it is cut off, or its lengths do not fit; what came before is read. */
static bool
read_hello(struct hello *h, struct slice msg, bool client)
{
	struct cursor c = cur_make(msg.ptr, msg.len), id, rest;
	const uint8_t *random;
	uint8_t compression;

	*h = (struct hello){ .version = 0 };
	if (!cur_be16(&c, &h->version))
		return false;
	random = cur_take(&c, RANDOM_LEN);
	if (!random || !take_list(&c, false, &id))
		return false;
	h->random = slice_make(random, RANDOM_LEN);
	h->session_id = slice_make(id.p, cur_left(&id));
	if (client ? !take_list(&c, true, &h->ciphers) ||
	    !take_list(&c, false, &rest) :
	    !cur_be16(&c, &h->cipher) || !cur_u8(&c, &compression))
		return false;
	if (!cur_left(&c)) /* SSL 3.0 to TLS 1.1 know none */
		return true;
	if (take_list(&c, true, &h->exts))
		return read_extensions(h, h->exts);
	/* as far as they are here */
	if (cur_skip(&c, 2))
		read_extensions(h, c);
	return false;
}

/* -- fingerprints --------------------------------------------------------- */

/* Numbers of a list of two bytes each: "4865-4866". */
static void
put_list(struct tls_text *t, struct cursor list)
{
	bool next = false;
	uint16_t v;

	while (cur_be16(&list, &v)) {
		if (is_grease(v))
			continue;
		if (next)
			tls_put_s(t, "-");
		tls_put_number(t, v);
		next = true;
	}
}

static void
put_extension_types(struct tls_text *t, struct cursor exts)
{
	bool next = false;
	struct cursor value;
	uint16_t type;

	while (cur_be16(&exts, &type) && take_list(&exts, true, &value)) {
		if (is_grease(type))
			continue;
		if (next)
			tls_put_s(t, "-");
		tls_put_number(t, type);
		next = true;
	}
}

static void
note_text(struct app_call *c, struct tls_notes *n, enum tls_note what,
    const struct tls_text *t)
{
	if (t->cut)
		c->ctrs[TLS_CTR_NOTE_CUT]++;
	else
		tls_note(c, n, what, tls_text_slice(t));
}

/* Version, cipher suites, extensions, groups and point formats. */
static void
note_ja3(struct app_call *c, struct tls_notes *n, const struct hello *h)
{
	struct tls_text t = tls_text_begin(c);
	struct cursor list = h->groups, formats;
	bool next = false;
	uint8_t format;

	tls_put_number(&t, h->version);
	tls_put_s(&t, ",");
	put_list(&t, h->ciphers);
	tls_put_s(&t, ",");
	put_extension_types(&t, h->exts);
	tls_put_s(&t, ",");
	if (cur_skip(&list, 2))
		put_list(&t, list);
	tls_put_s(&t, ",");
	list = h->formats;
	if (take_list(&list, false, &formats))
		while (cur_u8(&formats, &format)) {
			if (next)
				tls_put_s(&t, "-");
			tls_put_number(&t, format);
			next = true;
		}
	note_text(c, n, NOTE_JA3, &t);
}

static void
note_ja3s(struct app_call *c, struct tls_notes *n, const struct hello *h)
{
	struct tls_text t = tls_text_begin(c);

	tls_put_number(&t, h->version);
	tls_put_s(&t, ",");
	tls_put_number(&t, h->cipher);
	tls_put_s(&t, ",");
	put_extension_types(&t, h->exts);
	note_text(c, n, NOTE_JA3S, &t);
}

/* -- JA4 ------------------------------------------------------------------ */

/* Two-byte values without those that mean nothing. */
struct values {
	uint16_t v[LIM_TLS_VALUES];
	unsigned n;
	bool cut;
};

static void
add_value(struct values *a, uint16_t v)
{
	if (is_grease(v))
		return;
	if (a->n == LIM_TLS_VALUES)
		a->cut = true;
	else
		a->v[a->n++] = v;
}

static void
sort_values(struct values *a)
{
	for (unsigned i = 1; i < a->n; i++) {
		uint16_t v = a->v[i];
		unsigned at = i;

		for (; at && a->v[at - 1] > v; at--)
			a->v[at] = a->v[at - 1];
		a->v[at] = v;
	}
}

static void
put_hex(struct tls_text *t, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		char two[3] = { digits[p[i] >> 4], digits[p[i] & 15], 0 };

		tls_put_s(t, two);
	}
}

/* "1301,1302" */
static void
put_values(struct tls_text *t, const struct values *a)
{
	for (unsigned i = 0; i < a->n; i++) {
		uint8_t two[2] = { (uint8_t)(a->v[i] >> 8), (uint8_t)a->v[i] };

		if (i)
			tls_put_s(t, ",");
		put_hex(t, two, sizeof(two));
	}
}

/* The hash of what was put behind `from`, in its place; zeros where there is
 * nothing to be hashed. */
static void
hash_from(struct tls_text *t, size_t from, bool nothing)
{
	uint8_t hash[DIGEST_MAX] = { 0 };

	if (!nothing)
		digest(DIGEST_SHA256, slice_make((const uint8_t *)t->p + from,
		    t->n - from), hash);
	t->n = from;
	put_hex(t, hash, JA4_HASH);
}

static const char *
ja4_version(const struct hello *h)
{
	static const struct {
		uint16_t version;
		const char *name;
	} names[] = { { 0x0304, "13" }, { 0x0303, "12" }, { 0x0302, "11" },
		{ 0x0301, "10" }, { 0x0300, "s3" }, { 0x0002, "s2" } };
	uint16_t version = h->version, best = 0, v;
	struct cursor list = h->versions, versions;

	if (take_list(&list, false, &versions)) {
		while (cur_be16(&versions, &v))
			if (!is_grease(v) && v > best)
				best = v;
		version = best ? best : version;
	}
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].version == version)
			return names[i].name;
	return "00";
}

static bool
is_alnum(uint8_t b)
{
	return (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') ||
	    (b >= 'a' && b <= 'z');
}

/* First and last letter of the first protocol, or of its hex digits. */
static void
put_alpn(struct tls_text *t, struct cursor alpn)
{
	struct cursor list, name;
	uint8_t ends[2];
	struct slice s;

	if (!take_list(&alpn, true, &list) || !take_list(&list, false, &name) ||
	    !cur_left(&name)) {
		tls_put_s(t, "00");
		return;
	}
	s = slice_make(name.p, cur_left(&name));
	ends[0] = s.ptr[0];
	ends[1] = s.ptr[s.len - 1];
	if (is_alnum(ends[0]) && is_alnum(ends[1])) {
		tls_put(t, slice_make(ends, 2));
		return;
	}
	ends[0] = (uint8_t)((ends[0] & 0xf0) | (ends[1] & 0x0f));
	put_hex(t, ends, 1);
}

static void
put_count(struct tls_text *t, unsigned n)
{
	if (n > 99)
		n = 99;
	if (n < 10)
		tls_put_s(t, "0");
	tls_put_number(t, n);
}

/* Where it comes from, in words: FoxIO's description of JA4. */
static void
note_ja4(struct app_call *c, struct tls_notes *n, const struct hello *h)
{
	struct tls_text t = tls_text_begin(c);
	struct values ciphers = { .n = 0 }, exts = { .n = 0 },
	    signatures = { .n = 0 };
	struct cursor list = h->ciphers, value;
	unsigned n_exts = 0;
	size_t from;
	uint16_t v;

	while (cur_be16(&list, &v))
		add_value(&ciphers, v);
	list = h->exts;
	while (cur_be16(&list, &v) && take_list(&list, true, &value)) {
		n_exts += !is_grease(v);
		if (v != EXT_SERVER_NAME && v != EXT_ALPN)
			add_value(&exts, v);
	}
	list = h->signatures;
	if (cur_skip(&list, 2))
		while (cur_be16(&list, &v))
			add_value(&signatures, v);
	if (ciphers.cut || exts.cut || signatures.cut) {
		c->ctrs[TLS_CTR_NOTE_CUT]++;
		return;
	}
	tls_put_s(&t, "t");
	tls_put_s(&t, ja4_version(h));
	tls_put_s(&t, h->has_name ? "d" : "i");
	put_count(&t, ciphers.n);
	put_count(&t, n_exts);
	put_alpn(&t, h->alpn);
	tls_put_s(&t, "_");
	from = t.n;
	sort_values(&ciphers);
	put_values(&t, &ciphers);
	hash_from(&t, from, !ciphers.n);
	tls_put_s(&t, "_");
	from = t.n;
	sort_values(&exts);
	put_values(&t, &exts);
	if (signatures.n) {
		tls_put_s(&t, "_");
		put_values(&t, &signatures);
	}
	hash_from(&t, from, !n_exts);
	note_text(c, n, NOTE_JA4, &t);
}

/* -- the hellos ----------------------------------------------------------- */

/* RFC 6066 3: a list of names, each a type, 0 for hosts, and a name <2>. */
static void
note_name(struct app_call *c, struct tls_notes *n, struct cursor ext)
{
	struct cursor list, name;
	uint8_t type;

	if (take_list(&ext, true, &list) && cur_u8(&list, &type) && !type &&
	    take_list(&list, true, &name))
		tls_note(c, n, NOTE_SNI, slice_make(name.p, cur_left(&name)));
}

static void
note_alpn(struct app_call *c, struct tls_notes *n, enum tls_note what,
    const struct hello *h)
{
	struct cursor ext = h->alpn, list;

	if (h->has_alpn && take_list(&ext, true, &list))
		tls_note(c, n, what, slice_make(list.p, cur_left(&list)));
}

bool
tls_client_hello(struct app_call *c, struct tls_notes *n, struct slice msg,
    bool whole, uint16_t *version)
{
	struct hello h;
	bool good = read_hello(&h, msg, true);

	*version = h.version;
	if (!n || n->client)
		return good;
	n->client = h.version != 0;
	note_name(c, n, h.name);
	note_alpn(c, n, NOTE_CLIENT_ALPN, &h);
	if (good && whole) {
		note_ja3(c, n, &h);
		note_ja4(c, n, &h);
	}
	n->id_len = (uint8_t)(h.session_id.len <= sizeof(n->id) ?
	    h.session_id.len : 0);
	if (n->id_len)
		memcpy(n->id, h.session_id.ptr, n->id_len);
	return good;
}

/* RFC 8446 4.1.3: a hello with this in place of random bytes asks the client
 * for another one; SHA-256 of "HelloRetryRequest". */
static bool
is_retry(struct slice random)
{
	static const uint8_t retry[RANDOM_LEN] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d,
		0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16,
		0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8,
		0x33, 0x9c,
	};

	return random.len == sizeof(retry) &&
	    memcmp(random.ptr, retry, sizeof(retry)) == 0;
}

bool
tls_server_hello(struct app_call *c, struct tls_notes *n, struct slice msg,
    bool whole, uint16_t *version)
{
	struct hello h;
	bool good = read_hello(&h, msg, false);
	struct cursor chosen = h.versions;

	*version = h.version;
	if (cur_left(&chosen) != 2 || !cur_be16(&chosen, version))
		*version = h.version;
	if (!n || n->server || is_retry(h.random))
		return good;
	n->server = h.version != 0;
	n->version = *version;
	n->psk = h.psk;
	n->same_id = h.session_id.len && h.session_id.len == n->id_len &&
	    memcmp(h.session_id.ptr, n->id, n->id_len) == 0;
	note_alpn(c, n, NOTE_SERVER_ALPN, &h);
	if (good && whole)
		note_ja3s(c, n, &h);
	return good;
}
