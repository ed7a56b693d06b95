project-reference-elsewhere = Reference at another office
project-reference-unknown = No project here has the reference { $value }. If the file comes from another office, map this column to “Reference at another office”: then new projects are started, each with a reference of its own.
project-enterprise-elsewhere = { $value } is a reference of the other office. Give the enterprise’s name.
project-papers-lines = Kind, date and reference of several papers stand line by line: { $lines } lines in one of the cells, and fewer in another.
project-stage-on = At this stage since
project-status-on = With this status since
project-attraction-batch = Batch of the attraction
project-ceremony = Ceremony of the signing
project-commenced-on = Commenced operation on
project-move-heading = Move { $reference }
project-move-why-back = Going back needs a note: what happened?
project-into = To stage
project-amount-hint = A number alone: 42000000 for 42 million, or how many jobs.
project-mend-pledge = A pledge
project-mend-paper = Missing paper
project-more = More
project-facts = Facts
project-no-files-here = Send the file on the evidence tab.
project-unit = Unit
project-unit-hint = The measure’s own, when left out. Another currency needs its rate: enter it in the ledger.
project-pledged-on = Pledged on
problem-day-before-stage = It has been at “{ $since ->
    [identified] { stage-identified }
    [contacted] { stage-contacted }
    [engaged] { stage-engaged }
    [proposal_received] { stage-proposal-received }
    [negotiating] { stage-negotiating }
    [agreed] { stage-agreed }
    [landed] { stage-landed }
    [operating] { stage-operating }
   *[other] { $since }
 }” since { $day }. Give that day or a later one.
problem-day-before-status = Its status has been “{ $since ->
    [active] { status-active }
    [delayed] { status-delayed }
    [dormant] { status-dormant }
    [withdrawn] { status-withdrawn }
    [lapsed] { status-lapsed }
    [downsized] { status-downsized }
    [exited] { status-exited }
   *[other] { $since }
 }” since { $day }. Give that day or a later one.
problem-commenced-before-attracted = Record the attraction first: what commences here was attracted.
problem-day-before-attraction = It was attracted on { $day }. Give that day or a later one.
problem-day-after-signing = It signed on { $day }. An attraction comes on that day or before.
problem-day-after-commencement = It commenced operation on { $day }. An attraction comes on that day or before.
milestone-commenced-stands = The commencement rests on this attraction. Take the commencement back first.
problem-day-after-end = The project ended on { $day } and had not come back by this day. Give that day or an earlier one; if the project goes on, change its status first.
problem-end-before-milestone = { $milestone ->
    [attracted] It was attracted on { $day }
    [signed] It signed on { $day }
   *[other] It commenced operation on { $day }
 }. An end comes on that day or later.
problem-day-after-stage = It moved on to “{ $since ->
    [identified] { stage-identified }
    [contacted] { stage-contacted }
    [engaged] { stage-engaged }
    [proposal_received] { stage-proposal-received }
    [negotiating] { stage-negotiating }
    [agreed] { stage-agreed }
    [landed] { stage-landed }
    [operating] { stage-operating }
   *[other] { $since }
 }” on { $day }. Give that day or an earlier one.
problem-day-against-status = Its status was “{ $since ->
    [active] { status-active }
    [delayed] { status-delayed }
    [dormant] { status-dormant }
    [withdrawn] { status-withdrawn }
    [lapsed] { status-lapsed }
    [downsized] { status-downsized }
    [exited] { status-exited }
   *[other] { $since }
 }” from { $day }, which does not go with this stage. Give another day.
problem-day-after-move = This is after the move on { $day }, so it does not count for it. Change one of the two days.
problem-day-same = This is the day that stands already.
project-pledges-held = Already in the ledger:
project-counted = Counted in a frozen release
project-correct-link = Correct
