# Headers: actions, protocols, directions, the shape of a rule.
% ruletype redalert { type alert }
% var PROTO udp
alert tcp any any -> any any (sid:1;);;ok;;alert tcp any any -> any any (sid:1;)
ALERT TCP ANY Any -> any any (sid:1);;ok;;alert tcp any any -> any any (sid:1;)
log udp any any <> any 53 (sid:1;);;ok;;log udp any any <> any 53 (sid:1;)
pass icmp any any -> any any (sid:1;);;ok;;pass icmp any any -> any any (sid:1;)
drop ip any any -> any any (sid:1;);;ok;;drop ip any any -> any any (sid:1;)
block ip any any -> any any (sid:1;);;ok;;drop ip any any -> any any (sid:1;)
sdrop ip any any -> any any (sid:1;);;ok;;sdrop ip any any -> any any (sid:1;)
sblock ip any any -> any any (sid:1;);;ok;;sdrop ip any any -> any any (sid:1;)
reject tcp any any -> any 80 (sid:1;);;ok;;reject tcp any any -> any 80 (sid:1;)
activate tcp any any -> any 80 (sid:1; activates:1;);;ok;;activate tcp any any -> any 80 (sid:1; activates:1;)
dynamic tcp any any -> any 80 (sid:1; activated_by:1; count:5;);;ok;;dynamic tcp any any -> any 80 (sid:1; activated_by:1; count:5;)
redalert tcp any any -> any any (sid:1;);;ok;;redalert tcp any any -> any any (sid:1;)
alert $PROTO any any -> any any (sid:1;);;ok;;alert udp any any -> any any (sid:1;)
alert ( gid:116; sid:1; );;ok;;alert (gid:116; sid:1;)
drop (gid:1; sid:1;);;ok;;drop (gid:1; sid:1;)
alert tcp [10.0.0.1, 10.0.0.2] [80, 81] -> any any (sid:1;);;ok;;alert tcp [10.0.0.1,10.0.0.2] 80:81 -> any any (sid:1;)
alert	tcp	any	any	->	any	any	(sid:1;);;ok;;alert tcp any any -> any any (sid:1;)
alert ip any 80 -> any 1: (sid:1;);;ok;;alert ip any any -> any any (sid:1;)
alert tcp any any -> any any (;; sid:1;; content:"a";;);;ok;;alert tcp any any -> any any (sid:1; content:"a";)
alert tcp any any -> any any (CONTENT:"aB"; sid : 5 ; NoCase);;ok;;alert tcp any any -> any any (sid:5; content:"aB"; nocase;)
alert tcp any any -> any any (content:"a\;b"; sid:1;);;ok;;alert tcp any any -> any any (sid:1; content:"a\;b";)
alert tcp any any -> any any (pcre:"/a\x3bb:c/"; sid:1;);;ok;;alert tcp any any -> any any (sid:1; pcre:"/a\x3bb:c/";)
alert tcp any any <- any any (sid:1;);;fail;;there is no '<-'
alert tcp any any => any any (sid:1;);;fail;;'=>' stands where '->' or '<>' belongs
alert http any any -> any any (sid:1;);;fail;;unknown protocol 'http'
alert $NONE any any -> any any (sid:1;);;fail;;undefined variable $NONE
alert tcp any any -> any (sid:1;);;fail;;the destination port is missing
alert tcp any any;;fail;;the direction is missing
alert tcp any any -> any any;;fail;;a rule needs options
alert tcp any any -> any 80(sid:1;);;fail;;a blank must stand before this bracket
alert tcp any any -> any any (sid:1;;;fail;;does not end in ')'
alert tcp any any -> any any (sid:1;) # why;;fail;;nothing may follow the last ')'
alert tcp any any -> any any sid:1;;fail;;'(' with the options belongs here
alert tcp any any -> any any (:x; sid:1;);;fail;;an option without a name
alert tcp any any -> any any (sid:1; content:"a"; x:\);;fail;;cannot end in a backslash
