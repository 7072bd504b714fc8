/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/bait_table.h"

bool
bait_job_ok(const struct bait_job *j)
{
	uint8_t f = j->attacker.family;

	return (f == 4 || f == 6) && j->victim.family == f &&
	    j->honeypot.family == f && j->seconds &&
	    !ipaddr_eq(&j->attacker, &j->victim) &&
	    !ipaddr_eq(&j->attacker, &j->honeypot) &&
	    !ipaddr_eq(&j->victim, &j->honeypot);
}

enum bait_added
bait_table_add(struct bait_table *t, const struct bait_job *j, uint64_t now_ns)
{
	uint64_t until = now_ns + j->seconds * UINT64_C(1000000000);
	struct bait_entry *least = NULL;

	for (unsigned i = 0; i < t->n; i++) {
		struct bait_entry *e = &t->entries[i];

		if (ipaddr_eq(&e->job.attacker, &j->attacker) &&
		    ipaddr_eq(&e->job.victim, &j->victim)) {
			if (e->until_ns < until)
				e->until_ns = until;
			return BAIT_EXTENDED;
		}
		if (!least || e->until_ns < least->until_ns)
			least = e;
	}
	if (t->n < t->max) {
		t->entries[t->n++] = (struct bait_entry){ *j, until };
		return BAIT_ADDED;
	}
	*least = (struct bait_entry){ *j, until };
	return BAIT_EVICTED;
}

unsigned
bait_table_expire(struct bait_table *t, uint64_t now_ns)
{
	unsigned before = t->n;

	for (unsigned i = 0; i < t->n;)
		if (t->entries[i].until_ns <= now_ns)
			t->entries[i] = t->entries[--t->n];
		else
			i++;
	return before - t->n;
}

uint64_t
bait_table_next(const struct bait_table *t)
{
	uint64_t next = UINT64_MAX;

	for (unsigned i = 0; i < t->n; i++)
		if (t->entries[i].until_ns < next)
			next = t->entries[i].until_ns;
	return next;
}

void
bait_table_print(const struct bait_table *t, enum firewall_family family,
    struct buf *out)
{
	uint8_t f = family == FIREWALL_IP4 ? 4 : 6;

	buf_printf(out, "*nat\n:%s - [0:0]\n:%s - [0:0]\n", BAIT_CHAIN,
	    BAIT_BACK);
	for (unsigned i = 0; i < t->n; i++) {
		const struct bait_job *j = &t->entries[i].job;
		char who[IPADDR_TEXT_MAX], to[IPADDR_TEXT_MAX],
		    pot[IPADDR_TEXT_MAX];

		if (j->attacker.family != f)
			continue;
		ipaddr_print(&j->attacker, who);
		ipaddr_print(&j->victim, to);
		ipaddr_print(&j->honeypot, pot);
		/* what the honeypot begins itself is the victim's as well */
		buf_printf(out, "-A %s -s %s -d %s -j DNAT --to-destination "
		    "%s\n-A %s -s %s -d %s -j SNAT --to-source %s\n",
		    BAIT_CHAIN, who, to, pot, BAIT_BACK, pot, who, to);
	}
	buf_puts(out, "COMMIT\n");
}
