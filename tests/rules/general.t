# The options that name and classify a rule.
% config classification: bad,Bad Things,2
% config reference: cve http://cve/
alert ip any any -> any any (msg:"hello"; sid:1;);;ok;;alert ip any any -> any any (msg:"hello"; sid:1;)
alert ip any any -> any any (msg:hello you; sid:1;);;ok;;alert ip any any -> any any (msg:"hello you"; sid:1;)
alert ip any any -> any any (msg:"a\"b\\c\;d\:e"; sid:1;);;ok;;alert ip any any -> any any (msg:"a\"b\\c\;d:e"; sid:1;)
alert ip any any -> any any (msg:"a\\\;b"; sid:1;);;ok;;alert ip any any -> any any (msg:"a\\\;b"; sid:1;)
alert ip any any -> any any (sid:4294967295; rev:4294967295;);;ok;;alert ip any any -> any any (sid:4294967295; rev:4294967295;)
alert ip any any -> any any (rev:0; gid:1; sid:5;);;ok;;alert ip any any -> any any (sid:5;)
alert ip any any -> any any (gid:116; sid:5;);;ok;;alert ip any any -> any any (gid:116; sid:5;)
alert ip any any -> any any (sid:1; classtype:BAD;);;ok;;alert ip any any -> any any (sid:1; classtype:bad;)
alert ip any any -> any any (priority:7; sid:1; classtype:bad;);;ok;;alert ip any any -> any any (sid:1; classtype:bad; priority:7;)
alert ip any any -> any any (sid:1; classtype:bad; priority:2;);;ok;;alert ip any any -> any any (sid:1; classtype:bad;)
alert ip any any -> any any (sid:1; priority:0; classtype:bad;);;ok;;alert ip any any -> any any (sid:1; classtype:bad; priority:0;)
alert ip any any -> any any (sid:1; priority:1;);;ok;;alert ip any any -> any any (sid:1; priority:1;)
alert ip any any -> any any (reference:url,a.b/c\;d; sid:1; reference: cve , 1-2;);;ok;;alert ip any any -> any any (sid:1; reference:url,a.b/c\;d; reference:cve,1-2;)
alert ip any any -> any any (sid:1; reference:nothing;);;ok;;alert ip any any -> any any (sid:1;)
alert ip any any -> any any (metadata:a b,  c   d e , f; sid:1; metadata:g h;);;ok;;alert ip any any -> any any (sid:1; metadata:a b, c d e, f, g h;)
alert ip any any -> any any (msg:"x";);;fail;;the rule has no sid
alert ip any any -> any any (sid:0;);;fail;;sid '0': a number from 1
alert ip any any -> any any (sid:4294967296;);;fail;;sid '4294967296'
alert ip any any -> any any (sid:+1;);;fail;;sid '+1'
alert ip any any -> any any (sid:"1";);;fail;;sid '"1"'
alert ip any any -> any any (sid;);;fail;;sid needs an argument
alert ip any any -> any any (sid:1; sid:1;);;fail;;sid stands twice
alert ip any any -> any any (sid:1; msg:"a"; msg:"a";);;fail;;msg stands twice
alert ip any any -> any any (sid:1; msg:"";);;fail;;the text is missing
alert ip any any -> any any (sid:1; msg;);;fail;;msg needs an argument
alert ip any any -> any any (sid:1; msg:"a;);;fail;;a quote is open at one end
alert ip any any -> any any (sid:1; msg:"a\";);;fail;;a quote is open at one end
alert ip any any -> any any (sid:1; rev:-1;);;fail;;rev '-1'
alert ip any any -> any any (sid:1; gid:0;);;fail;;gid '0'
alert ip any any -> any any (sid:1; priority:high;);;fail;;priority 'high'
alert ip any any -> any any (sid:1; classtype:worse;);;fail;;no such class
alert (sid:1;);;fail;;it needs a gid
