# SPDX-License-Identifier: GPL-2.0-or-later
# Prints C files as file:line:code, without comments and without what stands
# in string and character literals.
FNR == 1 { comment = 0 }
{
	out = ""
	n = length($0)
	for (i = 1; i <= n; i++) {
		c = substr($0, i, 1)
		two = substr($0, i, 2)
		if (comment) {
			if (two == "*/") {
				comment = 0
				i++
			}
		} else if (two == "/*") {
			comment = 1
			i++
		} else if (two == "//") {
			break
		} else if (c == "\"" || c == "'") {
			quote = c
			out = out c
			while (++i <= n && (c = substr($0, i, 1)) != quote)
				if (c == "\\")
					i++
			out = out quote
		} else {
			out = out c
		}
	}
	if (out ~ /[^ \t]/)
		print FILENAME ":" FNR ":" out
}
