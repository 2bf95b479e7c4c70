//! Words that say nothing about what went wrong.

/// Words of grammar. They are in every text and never counted.
pub(crate) const STOP: &str = "\
a about above after again against all also although always am among an and another any are aren't as at away back be \
became because been before behind being below between both but by came can can't cannot come could couldn't did didn't \
do does doesn't doing don't done during each either else enough etc even ever every few for from further get gets \
getting got had hadn't has hasn't have haven't having he her here hers him his how however i i'd i'll i'm i've if in \
instead into is isn't it it's its itself just let lets like likely made make makes making many may me might more most \
much must my myself near neither never next nor not now of off often on once one ones only onto or other others our \
ours out over own per perhaps quite rather really s same see seen she should shouldn't since so some somehow someone \
something soon still such t take taken takes than that that's the their them themselves then there there's therefore \
these they they're this those though through thus to together too took toward towards under until up upon us use used \
uses using very via was wasn't way we we'd we'll we're we've well went were weren't what what's when whenever where \
whether which while who whole whom whose why will with within without won't would wouldn't yet you you'd you'll you're \
you've your yours yourself ie eg ok vs al re ll ve der die das und ist nicht ein eine mit von zu auf für den dem des \
im wurde le la les un une et est pas que dans pour sur el los las una por con para fue";

/// Words of every post-mortem and of every working day: they count, and for little. What is special about an incident
/// is said in other words.
pub(crate) const WEAK: &str = "\
post mortem postmortem incident report summary timeline impact root cause causes lesson lessons learned action actions \
item items follow followup prevention prevent preventive resolution resolve resolved resolving detection detect \
detected detecting duration severity sev sev1 sev2 sev3 status date time times timestamp author authors owner owners \
team teams affected affect affecting affects service services system systems customer customers user users issue \
issues problem problems event events page paged paging pager alert alerts alerted alerting engineer engineers oncall \
on-call call response responder responders commander lead manager operator operators operations ops people person \
somebody everyone nobody colleague utc gmt pst pdt est cet cest am pm today yesterday tomorrow monday tuesday wednesday \
thursday friday saturday sunday january february march april june july august september october november december \
morning afternoon evening night noon midnight hour hours minute minutes min mins second seconds sec secs day days week \
weeks month months year years ago later earlier early late first last second third start started starting starts \
begin began begun end ended ending ends finish finished stop stopped continue continued happen happened happening \
happens occur occurred occurring occurs notice noticed noticing see saw find found finding discover discovered \
identify identified identifying investigate investigated investigating investigation confirm confirmed confirming \
cause caused causing lead led leading result resulted resulting results due trigger triggered triggering contribute \
contributed contributing factor factors fix fixed fixing fixes mitigate mitigated mitigating mitigation recover \
recovered recovering recovery restore restored restoring normal normally return returned returning back work worked \
working works run ran running runs new old current currently previous previously existing known unknown clear cleared \
clearly full fully partial partially complete completed completely total number numbers several various multiple two \
three four five six seven eight nine ten percent high higher low lower large larger small smaller big long longer \
short shorter good better best bad worse worst able unable available unavailable unavailability need needed needs \
require required requires requiring want wanted try tried trying attempt attempted attempts add added adding adds \
change changed changing changes update updated updating updates set sets setting create created creating remove \
removed removing put show showed shown shows showing look looked looking think thought know knew expect expected \
expecting plan planned planning decide decided ensure ensured check checked checking checks test tested testing tests \
review reviewed reviewing improve improved improvement improvements improving implement implemented implementing \
consider considered document documented documentation documents doc docs note noted notes link links section table \
detail details description type types priority done open todo progress wip na n/a tbd none yes no true false part \
parts place point points side step steps case cases example reason reasons area areas level levels kind sort thing \
things lot bit whole half rest cover covered include included includes including exclude excluded provide provided \
provides providing send sent sending receive received receiving give given gave keep kept hold held move moved moving \
turn turned bring brought allow allowed allowing help helped helping happen reach reached reaching increase increased \
increasing decrease decreased reduce reduced reducing grow grew growing rise rose drop dropped remain remained stay \
stayed become already also immediately quickly slowly eventually finally initially originally actually additionally \
approximately roughly nearly almost around shortly suddenly unfortunately luckily lucky manual manually automatic \
automatically right wrong correct correctly incorrect incorrectly proper properly successful successfully success \
healthy unhealthy health broken break broke down downtime outage outages degraded degradation disruption disrupted \
interruption impacted impacting error errors failing fail failed fails failure failures production prod staging \
environment environments internal external public private side self own version versions release released releases \
home next prev index menu search skip content contents navigation copyright rights reserved edit share subscribe read \
blameless background overview context conclusion metrics dashboard dashboards graph graphs log logs logged logging \
monitor monitored monitoring monitors slack channel zoom meeting ticket tickets jira github pull request pr link commit \
runbook runbooks playbook playbooks escalate escalated escalation communicate communication statuspage support went \
well poorly where got";
