# Addresses and ports.
% ipvar HOME [10.0.0.0/8,192.168.1.0/24]
% ipvar AWAY !$HOME
% portvar WEB [80,8000:8080]
alert tcp $HOME any -> $AWAY $WEB (sid:1;);;ok;;alert tcp [10.0.0.0/8,192.168.1.0/24] any -> [!10.0.0.0/8,!192.168.1.0/24] [80,8000:8080] (sid:1;)
alert tcp !$AWAY any -> any any (sid:1;);;ok;;alert tcp [10.0.0.0/8,192.168.1.0/24] any -> any any (sid:1;)
alert tcp [$HOME,!10.1.0.0/16] any -> any any (sid:1;);;ok;;alert tcp [10.0.0.0/8,192.168.1.0/24,!10.1.0.0/16] any -> any any (sid:1;)
alert tcp 10.1.2.3/8 any -> any any (sid:1;);;ok;;alert tcp 10.0.0.0/8 any -> any any (sid:1;)
alert tcp 10.1.2.3/32 any -> fe80::1/64 any (sid:1;);;ok;;alert tcp 10.1.2.3 any -> fe80::/64 any (sid:1;)
alert tcp 10.0.0.0/255.0.0.0 any -> 0.0.0.0/0 any (sid:1;);;ok;;alert tcp 10.0.0.0/8 any -> 0.0.0.0/0 any (sid:1;)
alert tcp [::/0,0.0.0.0/0] any -> !::1 any (sid:1;);;ok;;alert tcp [0.0.0.0/0,::/0] any -> !::1 any (sid:1;)
alert tcp [1.1.1.1,1.1.1.1,1.1.1.0/24] any -> any any (sid:1;);;ok;;alert tcp 1.1.1.0/24 any -> any any (sid:1;)
alert tcp $(NONE:-10.0.0.1) any -> $(HOME) any (sid:1;);;ok;;alert tcp 10.0.0.1 any -> [10.0.0.0/8,192.168.1.0/24] any (sid:1;)
alert tcp any !$WEB -> any [!22,!$WEB] (sid:1;);;ok;;alert tcp any [!80,!8000:8080] -> any [!22,!80,!8000:8080] (sid:1;)
alert tcp any :1023 -> any 1024: (sid:1;);;ok;;alert tcp any :1023 -> any 1024: (sid:1;)
alert tcp any 0: -> any :65535 (sid:1;);;ok;;alert tcp any any -> any any (sid:1;)
alert tcp !any any -> any any (sid:1;);;fail;;!any matches no address
alert tcp [$HOME,!10.0.0.0/8] any -> any any (sid:1;);;fail;;10.0.0.0/8 is in the list and negated in it
alert tcp [$HOME,$AWAY] any -> any any (sid:1;);;fail;;it can never match
alert tcp any any -> any !any (sid:1;);;fail;;!any matches no port
alert tcp any any -> any [$WEB,!80,!1024:] (sid:1;);;fail;;no port is left
alert tcp any any -> any $HOME (sid:1;);;fail;;in $HOME: '10.0.0.0/8' is not a port
alert tcp $WEB any -> any any (sid:1;);;fail;;in $WEB: '80' is not an address
alert tcp $NONE any -> any any (sid:1;);;fail;;undefined variable $NONE
alert tcp $(NONE:?give me one) any -> any any (sid:1;);;fail;;$NONE: give me one
alert tcp 10.0.0.0/33 any -> any any (sid:1;);;fail;;not a prefix length
alert tcp 300.0.0.1 any -> any any (sid:1;);;fail;;is not an address
alert tcp any 70000 -> any any (sid:1;);;fail;;'70000' is not a port
